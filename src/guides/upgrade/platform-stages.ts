/** The stages that replace nothing: the image in the catalog, and the network plugin. */
import { daemonsTitle } from '../../domain/daemon-sets.ts';
import { clusterRef } from '../../domain/explain/lookup.ts';
import { networkOn, releaseOn } from '../../domain/network-release.ts';
import { lengthOf, NO_TIME } from '../estimate.ts';
import { askedFor, backOf, type Draft, type Ground, inRow, milestone, partOf, sentJustNow } from './draft.ts';
import { planeRequest } from './group-stages.ts';
import type { Hop } from './hops.ts';
import { askedRevision, asksFor, isManaged } from './release.ts';
import { isBegun, reached } from './route.ts';

export function catalogStage(ground: Ground, at: number, hop: Hop): Draft {
  const { known, route } = ground;
  const version = hop.row.kubernetes;
  const image = known.fleet.catalog?.images[version];
  const { catalog } = known.fleet;
  const passed = isBegun(route, at);
  return {
    sort: 'catalog',
    hop,
    id: `${version}/catalog`,
    part: partOf(route, at),
    title: `Image of ${version} in the catalog`,
    ...(catalog ? { about: { kind: 'catalog', uid: catalog.uid, name: catalog.name } } : {}),
    outline: [],
    written: false,
    done: image !== undefined || passed,
    progress: { milestones: [milestone(`${version} has an image`, image !== undefined || passed, true)] },
    turns: [],
    estimate: NO_TIME,
  };
}

export function kubeOvnStage(ground: Ground, at: number, hop: Hop): Draft {
  const { known, route, session, outlines } = ground;
  const { kubeOvn, kubernetes } = hop.row;
  const { cluster } = route;
  const id = `${kubernetes}/kube-ovn`;
  const managed = isManaged(cluster);
  const asked = asksFor(cluster, kubeOvn);
  // Once Nodes of this hop come and go, so do the Pods of its DaemonSets, and that they were through is known.
  const begun = isBegun(route, at);
  const told = releaseOn(known.fleet, cluster.name, kubeOvn);
  const { daemons, ...network } = networkOn(known.fleet, cluster.name, kubeOvn);
  const release = begun ? told : network;
  const later = reached(route, route.plane.version) > at;
  // What nobody could see, somebody may have looked at and said.
  const said = session.notes.some((note) => note.note === 'confirmed' && note.gate === `kube-ovn/${kubeOvn}`);
  const newer = asked && askedRevision(cluster) !== kubeOvn;
  const settled = release.state === 'settled' || newer || (said && release.state === 'unknown');
  const failed = asked && release.state === 'stopped' && !later ? release.figure : undefined;
  const done = !managed || later || (asked && settled);
  const takeBack = backOf(ground, id);
  const length = lengthOf(known, cluster.name, 'kube-ovn');
  return {
    sort: 'kube-ovn',
    hop,
    id,
    part: partOf(route, at),
    title: managed ? `Kube-OVN ${kubeOvn}` : 'Network plugin: not managed by the provider',
    about: clusterRef(cluster),
    request: {
      operation: 'kube-ovn',
      targets: [clusterRef(cluster)],
      values: { revision: kubeOvn, towards: kubernetes },
    },
    // A control plane that the server does not take is known before the network is of the hop's release.
    ...(done || asked || begun ? {} : { ahead: [planeRequest(ground, hop)] }),
    outline: done ? [] : outlines.kubeOvn(hop),
    written: managed && (asked || sentJustNow(ground, id)),
    done,
    ...(failed === undefined ? {} : { failed }),
    progress: {
      milestones: inRow([
        askedFor(asked || !managed),
        failed === undefined
          ? milestone('AppRelease settled', done || told.state === 'settled', asked, release.figure, release.at)
          : { title: 'AppRelease settled', state: 'bad', detail: failed },
        // Until then the line above says it.
        ...(managed && !begun
          ? [milestone(daemonsTitle(daemons), done, asked, told.state === 'settled' ? daemons.text : undefined)]
          : []),
      ]),
    },
    turns: [],
    estimate: done
      ? NO_TIME
      : {
          hosts: 0,
          usual: length.median,
          longest: length.p95,
          rests: [{ what: 'kube-ovn', count: length.count }],
        },
    ...(takeBack ? { takeBack } : {}),
  };
}
