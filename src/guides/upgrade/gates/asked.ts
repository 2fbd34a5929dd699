/** What only people know: it is said in words of their own, and the session keeps them. */
import { isBegun } from '../route.ts';
import { not, type Rule } from './gate.ts';

/**
 * Before the first write of every hop: behind its line there is no other way back than the backup of etcd, and one from
 * before an earlier hop holds machines and versions that are there no more.
 */
export const etcdBackup: Rule = ({ stage, route }) => {
  if (stage?.sort !== 'kube-ovn' && stage?.sort !== 'control-plane') return [];
  // Behind the line already: a backup of before holds versions that are there no more.
  if (isBegun(route, route.hops.indexOf(stage.hop))) return [];
  const { from, row } = stage.hop;
  return [
    not(
      'block',
      `etcd-backup/${row.kubernetes}`,
      `etcd backup of ${from}`,
      `nobody has said yet that one of ${from} was taken and verified`,
      {
        text: `take a snapshot of the etcd of ${route.cluster.name}, read it back (etcdutl snapshot status), and say where it is`,
        command: 'etcdctl snapshot save /var/lib/etcd-backup.db && etcdutl snapshot status /var/lib/etcd-backup.db',
      },
      { asks: `where the verified backup of etcd is that was taken on ${from}, and of when` },
    ),
  ];
};

/** The management side comes first; its way cannot be seen from here. */
export const platformFirst: Rule = () => [
  not(
    'block',
    'platform-first',
    'platform upgraded before (Phase 1)',
    'nobody has said yet that it is finished',
    { text: 'finish the upgrade of ACP Core and its plugins first, then say so' },
    { asks: 'which release of the platform is installed, and that its upgrade is finished' },
  ),
];
