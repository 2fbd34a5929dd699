/** What only people know: it is said in words of their own, and the session keeps them. */
import { not, type Rule } from './gate.ts';

/** Before anything: an upgrade behind the line has no other way back than the backup of etcd. */
export const etcdBackup: Rule = ({ route }) => [
  not(
    'block',
    'etcd-backup',
    'etcd backup',
    'nobody has said yet that it was taken and verified',
    {
      text: `take a snapshot of the etcd of ${route.cluster.name}, read it back (etcdutl snapshot status), and say where it is`,
      command: 'etcdctl snapshot save /var/lib/etcd-backup.db && etcdutl snapshot status /var/lib/etcd-backup.db',
    },
    { asks: 'where the verified backup of etcd is, and of when' },
  ),
];

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
