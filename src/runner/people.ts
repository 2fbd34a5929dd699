/** Who somebody is, as the journal and the Lease name people. */

/** `ana as admin`: the account of the jump host first; a Kubernetes user is often shared by all. */
export function nameOf({ os, kubernetes }: { os: string; kubernetes?: string }): string {
  return kubernetes === undefined || kubernetes === os ? os : `${os} as ${kubernetes}`;
}
