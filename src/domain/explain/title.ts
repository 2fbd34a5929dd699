/** The name of a failure as words: `clean failed (F10 in the provider's documentation)`. */
export function failureTitle(id: string, mode: string | undefined): string {
  const words = id.replaceAll('-', ' ').replace('kube ovn', 'Kube-OVN').replace('vip', 'virtual IP');
  return mode === undefined ? words : `${words} (${mode} in the provider's documentation)`;
}

/** Titles of the operations that help somewhere, where they are not their ids: a test holds them against the operations. */
const TITLES: Readonly<Record<string, string>> = {
  'build-image': 'Build an ISO',
  'kube-ovn': 'Kube-OVN',
  'pool-add': 'Add hosts',
  'pool-order': 'Reorder hosts',
  'storage-retry': 'Retry storage',
  'upgrade-control-plane': 'Upgrade',
  'upgrade-workers': 'Upgrade',
};

/** What the menu of operations calls one. */
export function operationTitle(id: string): string {
  return TITLES[id] ?? `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;
}
