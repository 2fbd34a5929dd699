/** The writes of an upgrade before their time: what they will be, as far as the objects of today tell. */
import { KUBE_OVN_VERSION } from '../../domain/annotations.ts';
import type { GroupRow } from '../../domain/fleet/rows.ts';
import { at } from '../../domain/read.ts';
import { keyOf, type Raw } from '../../operations/contract.ts';
import { isRefusal } from '../../operations/define.ts';
import { editPlane } from '../../operations/plane-edit.ts';
import { fitTemplate, templateNameFor } from '../../operations/upgrade-workers.ts';
import type { Known, Outline } from '../contract.ts';
import type { Hop } from './hops.ts';
import { isBegun, type Route } from './route.ts';

const UNBOUND = { uid: '', resourceVersion: '' };

/** The writes hop by hop, each upon what the one before it has made. */
export interface Outlines {
  kubeOvn(hop: Hop): Outline[];
  controlPlane(hop: Hop): Outline[];
  workers(hop: Hop, group: GroupRow): Outline[];
  /** What would keep a control plane or group from being written at a hop, as a sentence. */
  planeProblem(hop: Hop): string | undefined;
  /** What happens to the kubelet patch of the control plane at a hop. */
  planePatch(hop: Hop): string | undefined;
  groupProblem(hop: Hop, group: GroupRow): string | undefined;
  groupPatch(hop: Hop, group: GroupRow): string | undefined;
  /** Its etcd is not of the control plane: it has no tag there. */
  externalEtcd: boolean;
}

interface Planned {
  outline: Outline[];
  problem?: string;
  patch?: string;
}

const NOT_READ = 'it has not been read yet';

function planesOf(route: Route, external: boolean): Map<Hop, Planned> {
  const { hops, plane, planeRaw } = route;
  const planned = new Map<Hop, Planned>();
  let raw = planeRaw;
  for (const [at, hop] of hops.entries()) {
    if (isBegun(route, at)) continue;
    if (!raw) {
      planned.set(hop, { outline: [], problem: NOT_READ });
      continue;
    }
    const { kubernetes: version, coredns, etcd } = hop.row;
    const made = editPlane(raw, { version, coredns, etcd: external ? '' : etcd });
    if (isRefusal(made)) {
      planned.set(hop, { outline: [], problem: made.refused });
      continue;
    }
    const { edit, patch } = made;
    const body = edit.changes.filter(({ op }) => op !== 'test');
    planned.set(hop, {
      patch,
      outline: [
        {
          title: `Let ${plane.name} be of ${version}`,
          write: { verb: 'patch', kind: 'controlPlane', name: plane.name, type: 'json', body, seen: UNBOUND },
          diff: edit.diff,
        },
      ],
    });
    raw = edit.after;
  }
  return planned;
}

function groupsPlanned(known: Known, { hops }: Route, group: GroupRow): Map<Hop, Planned> {
  const planned = new Map<Hop, Planned>();
  let name = group.bootstrapTemplate;
  let raw: Raw | undefined = (name && known.raw.get(keyOf({ kind: 'bootstrapTemplate', name }))) || undefined;
  let { version: from } = group;
  for (const hop of hops) {
    const version = hop.row.kubernetes;
    if (!raw || name === undefined) {
      planned.set(hop, { outline: [], problem: `its bootstrap template ${name ?? ''}: ${NOT_READ}` });
      continue;
    }
    const next = templateNameFor(name, version);
    const fit = fitTemplate(raw, next, known.namespace, version);
    if (isRefusal(fit)) {
      planned.set(hop, { outline: [], problem: fit.refused });
      continue;
    }
    const spec: Raw = { version, ...(fit.made ? { bootstrap: { configRef: { name: next } } } : {}) };
    const diff = [
      { path: 'spec.template.spec.version', from, to: version },
      ...(fit.made ? [{ path: 'spec.template.spec.bootstrap.configRef.name', from: name, to: next }] : []),
    ];
    const outline: Outline[] = [];
    if (fit.made) {
      outline.push({
        title: `Create KubeadmConfigTemplate ${next}`,
        write: { verb: 'create', kind: 'bootstrapTemplate', name: next, body: fit.made.body },
        diff: fit.made.diff,
      });
      raw = fit.made.body;
      name = next;
    }
    outline.push({
      title: `Let ${group.name} be of ${version}`,
      write: {
        verb: 'patch',
        kind: 'deployment',
        name: group.name,
        type: 'merge',
        body: { spec: { template: { spec } } },
        seen: UNBOUND,
      },
      diff,
    });
    planned.set(hop, { outline, patch: fit.says });
    from = version;
  }
  return planned;
}

/** Foresees all writes of a route. */
export function outlinesOf(known: Known, route: Route): Outlines {
  const externalEtcd =
    at(route.planeRaw, 'spec', 'kubeadmConfigSpec', 'clusterConfiguration', 'etcd', 'external') !== undefined;
  const planes = planesOf(route, externalEtcd);
  const groups = new Map(route.workers.map((group) => [group, groupsPlanned(known, route, group)]));
  const ofGroup = (hop: Hop, group: GroupRow) => groups.get(group)?.get(hop);
  let revision = route.cluster.object.annotations[KUBE_OVN_VERSION];
  const revisions = new Map<Hop, string | undefined>();
  for (const hop of route.hops) {
    revisions.set(hop, revision);
    revision = hop.row.kubeOvn;
  }
  return {
    externalEtcd,
    kubeOvn: (hop) => [
      {
        title: `Ask for Kube-OVN ${hop.row.kubeOvn} in ${route.cluster.name}`,
        write: {
          verb: 'patch',
          kind: 'cluster',
          name: route.cluster.name,
          type: 'merge',
          body: { metadata: { annotations: { [KUBE_OVN_VERSION]: hop.row.kubeOvn } } },
          seen: UNBOUND,
        },
        diff: [{ path: `metadata.annotations[${KUBE_OVN_VERSION}]`, from: revisions.get(hop), to: hop.row.kubeOvn }],
      },
    ],
    controlPlane: (hop) => planes.get(hop)?.outline ?? [],
    workers: (hop, group) => ofGroup(hop, group)?.outline ?? [],
    planeProblem: (hop) => planes.get(hop)?.problem,
    planePatch: (hop) => planes.get(hop)?.patch,
    groupProblem: (hop, group) => ofGroup(hop, group)?.problem,
    groupPatch: (hop, group) => ofGroup(hop, group)?.patch,
  };
}
