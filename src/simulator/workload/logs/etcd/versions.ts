/**
 * What members say of versions that differ: as long as somebody is older, a leader that is not the newest says so, and once
 * the last of the old ones has gone the cluster is of the version of those that stay.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { type EtcdMember, type EtcdPast, termAt } from '../../etcd-past.ts';
import { chance } from '../run.ts';
import { line, type Voice } from './line.ts';

/** A leader compares so often, ms, and so many of the last times are told. */
const every = 5000;
const most = 240;

/** A version of etcd as it says it itself: without `v`, and without what its image is called by besides. */
export const bareVersion = (version: string): string => version.replace(/^v|-.*$/g, '');
/** Major and minor of a version of etcd: `3.5`. */
export const seriesOf = (version: string): string => version.split('.').slice(0, 2).join('.');

const numbers = (version: string): number[] => version.split('.').map(Number);
function older(a: string, b: string): boolean {
  const [x, y] = [numbers(a), numbers(b)];
  const at = x.findIndex((one, index) => one !== y[index]);
  return at >= 0 && x[at]! < (y[at] ?? 0);
}
const versionOf = ({ version }: EtcdMember): string => bareVersion(version ?? '');

/** Who runs at a moment, of those whose versions are known. */
const runningAt = ({ members }: EtcdPast, at: number): EtcdMember[] =>
  members.filter(
    (one) => one.since <= at && !(one.removed !== undefined && one.removed <= at) && versionOf(one) !== '',
  );

/** Of which version the cluster was at a moment: the oldest of those that were there; undefined where nobody knows. */
export function clusterVersionAt(past: EtcdPast, at: number): string | undefined {
  const all = runningAt(past, at).map(versionOf);
  return all.length > 0 ? seriesOf(all.reduce((low, one) => (older(one, low) ? one : low))) : undefined;
}

/** The lines of one member about versions. */
export function versions(voice: Voice): LogLine[] {
  return [...raised(voice), ...higher(voice)];
}

/** Whoever went last of the old ones lets the cluster be of the next version: its leader sees to it the next time it looks. */
function raised(voice: Voice): LogLine[] {
  const { past, self, late, cluster } = voice;
  return past.members.flatMap(({ id, removed }) => {
    if (removed === undefined || removed < self.since || removed > (self.removed ?? Number.POSITIVE_INFINITY))
      return [];
    const [from, to] = [clusterVersionAt(past, removed - 1), clusterVersionAt(past, removed)];
    if (!from || !to || from === to) return [];
    const at = removed + 400 + chance(id, 'raised').integer(0, every);
    const leads = termAt(past, at).leader === self.id;
    const server = (early: number, later: number) => `etcdserver/server.go:${late ? later : early}`;
    const own = { 'cluster-id': cluster, 'local-member-id': self.id };
    return [
      ...(leads ? [line(at, server(2690, 2304), 'updating cluster version using v3 API', { from, to })] : []),
      line(at + 3, `membership/cluster.go:${late ? 593 : 576}`, 'updated cluster version', { ...own, from, to }),
      line(at + 3, 'api/capability.go:75', 'enabled capabilities for version', { 'cluster-version': to }),
      ...(leads ? [line(at + 4, server(2706, 2319), 'cluster version is updated', { 'cluster-version': to })] : []),
      ...(late
        ? [
            line(at + 1900, 'version/monitor.go:116', 'cluster version differs from storage version.', {
              ...{ 'cluster-version': `${to}.0`, 'storage-version': `${from}.0` },
            }),
            line(at + 1903, 'schema/migration.go:65', 'updated storage version', { 'new-storage-version': `${to}.0` }),
          ]
        : []),
    ];
  });
}

/** A leader tells, each time it looks, of those that are newer than itself. */
function higher(voice: Voice): LogLine[] {
  const { run, past, self, late } = voice;
  const own = bareVersion(run.version);
  const newer = past.members.filter((one) => versionOf(one) !== '' && older(own, versionOf(one)));
  if (newer.length === 0) return [];
  const first = Math.max(self.since, Math.min(...newer.map(({ since }) => since)));
  const until = Math.min(run.until, self.removed ?? run.until);
  const lines: LogLine[] = [];
  const phase = chance(self.id, 'monitor').integer(0, every - 1);
  const begin = Math.max(first, until - most * every);
  for (let at = Math.ceil((begin - phase) / every) * every + phase; at < until; at += every) {
    if (termAt(past, at).leader !== self.id) continue;
    const seen = runningAt(past, at - 300).filter((one) => newer.includes(one));
    for (const one of seen) {
      const place = late ? 'version/monitor.go:96' : 'etcdserver/cluster_util.go:189';
      const values = {
        'local-member-version': own,
        'remote-member-id': one.id,
        'remote-member-version': versionOf(one),
      };
      lines.push(line(at, place, 'leader found higher-versioned member', values, { level: 'warn' }));
    }
  }
  return lines;
}
