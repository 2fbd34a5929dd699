/** What a hop brings: image, CoreDNS, etcd, network plugin, and what the server says to it. */
import { kubectlIn } from '../../../domain/explain/steps.ts';
import { compareVersions, versionOf } from '../../../domain/forecast/versions.ts';
import { networkOn, releaseOn } from '../../../domain/network-release.ts';
import { tagsOf } from '../../../operations/plane-edit.ts';
import { bareTag, isLower } from '../coredns.ts';
import { asksFor, isManaged } from '../release.ts';
import { isBegun, reached } from '../route.ts';
import { not, objectSays, open, type Rule, type View } from './gate.ts';

const SKIP_COREDNS = 'controlplane.cluster.x-k8s.io/skip-coredns';

export const inCatalog: Rule = ({ stage, known }) => {
  if (!stage || stage.sort === 'kube-ovn') return [];
  const version = stage.hop.row.kubernetes;
  const name = `catalog/${version}`;
  const title = `image of ${version}`;
  const { catalog } = known.fleet;
  const image = catalog && Object.hasOwn(catalog.images, version) ? catalog.images[version] : undefined;
  if (image !== undefined) return [open(name, title, image)];
  const figure = catalog ? `elemental-image-catalog has no key ${version}` : 'there is no elemental-image-catalog';
  const remedy = {
    text: 'import the image of the release into the platform registry; then its chart writes the key, or the operation catalog does',
    ...(catalog
      ? { operation: { id: 'catalog', target: { kind: 'catalog', uid: catalog.uid, name: catalog.name } as const } }
      : {}),
  };
  const evidence = catalog
    ? [objectSays(catalog, `keys: ${Object.keys(catalog.images).sort().join(', ') || 'none'}`)]
    : [];
  return [not('block', name, title, figure, remedy, { evidence, override: 'never' })];
};

/** The tags a hop begins with: those of the control plane, or of the hop before. */
function tagsBefore({ stage, route }: View): { coredns?: string; etcd?: string } {
  const at = stage ? route.hops.indexOf(stage.hop) : -1;
  const before = route.hops[at - 1];
  if (before && reached(route, route.plane.version) < at - 1) return before.row;
  return route.planeRaw ? tagsOf(route.planeRaw) : {};
}

export const coreDnsUpwards: Rule = (view) => {
  const { stage, route } = view;
  if (stage?.sort !== 'control-plane') return [];
  const { coredns: to, kubernetes } = stage.hop.row;
  const { coredns: from } = tagsBefore(view);
  const name = `coredns/${kubernetes}`;
  const figure = `${from ?? 'no tag'} to ${to}`;
  const skips = Object.hasOwn(route.plane.object.annotations, SKIP_COREDNS);
  if (skips) return [open(name, 'CoreDNS', `${figure}; Cluster API leaves it alone (skip-coredns)`)];
  if (from === undefined || bareTag(from) === bareTag(to)) return [open(name, 'CoreDNS', figure)];
  const lower = isLower(to, from);
  if (lower === false) return [open(name, 'CoreDNS', `${figure}; the server is asked whether it can migrate`)];
  const evidence = [objectSays(route.plane.object, `dns.imageTag ${from}`)];
  const remedy = {
    text: 'the webhook takes CoreDNS only upwards: go over a release whose CoreDNS is not newer than the next (--rows), or ask support',
  };
  if (lower === undefined) {
    return [not('warn', name, 'CoreDNS', `${figure}: one of them is no version`, remedy, { evidence })];
  }
  return [
    not('block', name, 'CoreDNS', `it would go down, from ${bareTag(from)} to ${bareTag(to)}`, remedy, { evidence }),
  ];
};

export const etcdUpwards: Rule = (view) => {
  const { stage, route, outlines } = view;
  if (stage?.sort !== 'control-plane') return [];
  const { etcd: to, kubernetes } = stage.hop.row;
  const { etcd: from } = tagsBefore(view);
  const name = `etcd/${kubernetes}`;
  if (outlines.externalEtcd) return [open(name, 'etcd', 'it is external')];
  const figure = `${from ?? 'no tag'} to ${to}`;
  if (from === undefined) return [open(name, 'etcd', figure)];
  const evidence = [objectSays(route.plane.object, `etcd.local.imageTag ${from}`)];
  if (isLower(to, from)) {
    const remedy = { text: 'etcd does not go back: choose a release with this etcd or a newer one (--rows)' };
    return [not('block', name, 'etcd', `it would go down, from ${from} to ${to}`, remedy, { evidence })];
  }
  const [a, b] = [versionOf(from), versionOf(to)];
  if (a && b && bareTag(from) === bareTag(to) && compareVersions(b, a) < 0) {
    const remedy = { text: 'the same etcd in an older build: as published, if the row is' };
    return [not('warn', name, 'etcd', `${figure}: an older build of the same version`, remedy, { evidence })];
  }
  return [open(name, 'etcd', figure)];
};

const daemonsOf = (cluster: Parameters<typeof kubectlIn>[0]): string =>
  kubectlIn(cluster, '-n', 'kube-system', 'get', 'daemonsets,pods', '-o', 'wide');

/** The plugin of the hop is there before the first machine of its version is. */
export const networkFirst: Rule = ({ stage, route, known }) => {
  if (stage?.sort !== 'control-plane' && stage?.sort !== 'kube-ovn') return [];
  const { cluster } = route;
  const { kubeOvn } = stage.hop.row;
  const name = `kube-ovn/${kubeOvn}`;
  const title = `Kube-OVN ${kubeOvn}`;
  if (!isManaged(cluster)) return [open(name, title, 'the provider does not manage the network of this cluster')];
  if (!asksFor(cluster, kubeOvn)) {
    return stage.sort === 'kube-ovn' ? [] : [open(name, title, 'brought there before, as a stage of its own')];
  }
  const told = releaseOn(known.fleet, cluster.name, kubeOvn);
  const begun = isBegun(route, route.hops.indexOf(stage.hop));
  const { state, figure, at, secondHand, doubt } = begun ? told : networkOn(known.fleet, cluster.name, kubeOvn);
  const command = kubectlIn(cluster.object, '-n', 'cpaas-system', 'get', 'apprelease', 'cni-kube-ovn', '-o', 'yaml');
  const evidence = [{ of: 'AppRelease cni-kube-ovn', says: figure, ...(at === undefined ? {} : { at }) }];
  const more = { evidence, ...(secondHand ? { secondHand } : {}) };
  if (state === 'settled') {
    if (doubt !== undefined) {
      const remedy = { text: 'look at the DaemonSets of its kube-system', command: daemonsOf(cluster.object) };
      return [not('warn', name, title, figure, remedy, more)];
    }
    if (!secondHand) return [open(name, title, figure)];
    return [not('warn', name, title, figure, { text: 'look at the AppRelease itself', command }, more)];
  }
  if (state === 'unknown') {
    const asks = `that the AppRelease cni-kube-ovn is Success on ${kubeOvn}, with Sync and Health True`;
    return [
      not(
        'unknown',
        name,
        title,
        figure,
        { text: 'look at the AppRelease in the workload cluster, and say so', command },
        { ...more, asks },
      ),
    ];
  }
  if (told.state === 'settled') {
    const text = 'wait until they are rolled out; where nothing moves, look at their Pods';
    return [not('block', name, title, figure, { text, command: daemonsOf(cluster.object) }, more)];
  }
  const text =
    state === 'stopped'
      ? 'it will not come by itself: look at its conditions'
      : `wait until ${kubeOvn} is installed and it is Success; where nothing moves, its controller does not work`;
  return [not('block', name, title, figure, { text, command }, more)];
};

/** The server's own word on the write: its webhooks were asked. */
export const admission: Rule = ({ stage, known }) => {
  if (!stage?.request || stage.written || stage.sort === 'catalog') return [];
  const answer = known.rehearsed?.get(stage.id);
  if (!answer) return [];
  const name = `admission/${stage.id}`;
  if (answer.refused === undefined) return [open(name, 'admission', 'the server would take it (dry run)')];
  const evidence = [{ of: 'dry run', says: answer.refused, at: answer.at }];
  return [
    not(
      'block',
      name,
      'admission',
      answer.refused,
      { text: 'what the server says has to be mended first' },
      { evidence, override: 'never' },
    ),
  ];
};
