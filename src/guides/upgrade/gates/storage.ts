/** Managed storage: prepared, active, and its filesystems known by UUID before their host is reprovisioned. */

import { findCondition } from '../../../domain/conditions.ts';
import type { HostRow } from '../../../domain/fleet/rows.ts';
import { poolNamed, viewPool } from '../../../domain/forecast/pool.ts';
import { machinesIn } from '../route.ts';
import { isDeclared, uuidsOf } from '../storage.ts';
import { few, not, objectSays, open, type Rule } from './gate.ts';

function lacks(host: HostRow): string | undefined {
  const { storagePhase, storage, storagePending } = host.object;
  if (storagePhase !== 'Active') return `its storage is ${storagePhase ?? 'not reported'}, not Active`;
  for (const type of ['StoragePrepared', 'StorageActive']) {
    const condition = findCondition(storage?.conditions, type);
    if (condition?.status !== 'True') return `${type} is ${condition?.status ?? 'not reported'}`;
  }
  if (storagePending) return 'a declaration of its volumes is pending';
  return uuidsOf(host) ? undefined : 'the UUIDs of its filesystems are not known';
}

export const storageReady: Rule = ({ stage, known, busy }) => {
  const group = stage?.group;
  if (!group || busy.has(group.uid)) return [];
  const hosts = machinesIn(known, group).flatMap(({ hostUid }) => known.fleet.hosts.byUid.get(hostUid ?? '') ?? []);
  const declared = hosts.filter(isDeclared);
  if (declared.length === 0) return [];
  const name = `storage/${group.name}`;
  const title = `managed storage of ${group.name}`;
  const bad = declared.flatMap((host) => {
    const why = lacks(host);
    return why === undefined ? [] : [{ host, why }];
  });
  if (bad.length > 0) {
    const evidence = bad.map(({ host, why }) => objectSays(host.object, why));
    const remedy = { text: 'mend it with storagectl first: what is not known before cannot be compared afterwards' };
    return [not('block', name, title, few(bad.map(({ host, why }) => `${host.name}: ${why}`)), remedy, { evidence })];
  }
  const pool = poolNamed(known.fleet, group.pool);
  const spares = pool ? viewPool(known.fleet, pool).free.flatMap(({ host }) => host ?? []) : [];
  const bare = spares.filter((host) => host.object.storagePhase !== 'Prepared');
  const figure = `${declared.length} hosts Active, UUIDs known`;
  if (bare.length === 0) return [open(name, title, figure)];
  const evidence = bare.map((host) =>
    objectSays(host.object, `its storage is ${host.object.storagePhase ?? 'not managed'}`),
  );
  const remedy = {
    text: 'a machine may get this host: prepare its storage first, or take it last in the order of the pool',
  };
  return [
    not('warn', name, title, `${figure}; spare ${few(bare.map((host) => host.name))} not Prepared`, remedy, {
      evidence,
    }),
  ];
};
