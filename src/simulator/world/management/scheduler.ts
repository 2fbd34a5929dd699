/** Where Pods of the management cluster run that controllers make there: the builders of images. */

import type { Webhook } from '../../api/core.ts';
import { Random } from '../../controllers/random.ts';

/** The Nodes of the management cluster. */
export const nodeNames = ['global-1', 'global-2', 'global-3'] as const;
/** The address of a Node by its number, from 1. */
export const nodeAddress = (number: number): string => `10.1.0.${10 + number}`;

interface Placeable {
  kind: string;
  metadata: { name: string; ownerReferences?: { kind: string }[] };
  spec?: object;
  status?: object;
}

/** Whether a SeedImage has it made, and its own controller keeps it. */
export const isForSeedImage = ({ metadata }: Pick<Placeable, 'metadata'>): boolean =>
  metadata.ownerReferences?.[0]?.kind === 'SeedImage';

const isBuilder = (object: Placeable): boolean => object.kind === 'Pod' && isForSeedImage(object);

/** The builder on its Node; any other object as it is. A Node is chosen by the Pod's name. */
export function placed<T extends Placeable>(object: T): T {
  const { nodeName } = (object.spec ?? {}) as { nodeName?: string };
  if (!isBuilder(object) || nodeName) return object;
  const random = new Random('scheduler', object.metadata.name);
  const at = random.integer(0, nodeNames.length - 1);
  const address = nodeAddress(at + 1);
  const podIP = `10.3.${at}.${random.integer(40, 240)}`;
  const running = object.status && {
    ...object.status,
    ...{ hostIP: address, hostIPs: [{ ip: address }], podIP, podIPs: [{ ip: podIP }] },
  };
  return {
    ...object,
    spec: { ...object.spec, nodeName: nodeNames[at] },
    ...(running ? { status: running } : {}),
  };
}

/** The scheduler, at once where the real one takes a moment. */
export const scheduler: Webhook = {
  name: 'sim-scheduler',
  group: '',
  resources: ['pods', 'pods/status'],
  operations: ['CREATE', 'UPDATE'],
  mutate: ({ object, old }) => {
    if (!object || !isBuilder(object)) return undefined;
    const node = nodeNames.findIndex((name) => name === (old?.spec?.['nodeName'] ?? ''));
    if (old === undefined) return { object: placed(object) };
    if (node < 0 || !object.status || object.status['hostIP']) return undefined;
    const { nodeName: _node, ...spec } = object.spec ?? {};
    const again = placed({ ...object, spec });
    return { object: { ...again, spec: object.spec } };
  },
};
