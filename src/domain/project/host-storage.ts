import type { Condition, HostStorage, StorageVolume } from '../objects.ts';
import { at, bool, get, list, num, sentence, str, time, word } from '../read.ts';

/** The API allows 32. */
const VOLUME_CAP = 64;

function readVolume(raw: unknown): StorageVolume[] {
  const name = word(get(raw, 'name'));
  if (name === undefined) return [];
  return [
    {
      name,
      phase: word(get(raw, 'phase')),
      mountPath: str(get(raw, 'mountPath')),
      active: bool(get(raw, 'active')),
      required: bool(get(raw, 'effectiveRequired')) ?? bool(get(raw, 'required')),
      filesystem: word(get(raw, 'filesystemType')),
      filesystemUuid: str(get(raw, 'filesystemUUID')),
      mutationState: word(get(raw, 'mutationState')),
      reason: word(get(raw, 'reason')),
      message: str(sentence(get(raw, 'message'))),
    },
  ];
}

function readConditions(value: unknown): Condition[] {
  return list(value, 16).flatMap((raw) => {
    const type = word(get(raw, 'type'));
    if (type === undefined) return [];
    return [
      {
        type,
        status: word(get(raw, 'status')) ?? 'Unknown',
        reason: word(get(raw, 'reason')),
        message: str(sentence(get(raw, 'message'))),
        since: time(get(raw, 'lastTransitionTime')),
        generation: 'plain' as const,
      },
    ];
  });
}

/** `status.storage`; `undefined` where it tells of no volume and no operation, so that such hosts cost nothing. */
export function readStorage(raw: unknown): HostStorage | undefined {
  const operation = get(raw, 'operation');
  const inHand = list(get(operation, 'volumes'), VOLUME_CAP);
  const volumes = (inHand.length > 0 ? inHand : list(get(raw, 'appliedVolumes'), VOLUME_CAP)).flatMap(readVolume);
  const has = typeof operation === 'object' && operation !== null;
  if (!has && volumes.length === 0) return undefined;
  return {
    operation: has
      ? {
          type: word(get(operation, 'type')),
          phase: word(get(operation, 'phase')),
          mutationState: word(get(operation, 'mutationState')),
          id: str(get(operation, 'operationID')),
          retryNonce: num(get(operation, 'retryNonce')),
          started: time(get(operation, 'startedAt')),
          updated: time(get(operation, 'updatedAt')),
        }
      : undefined,
    volumes,
    pendingSpecHash: str(at(raw, 'pendingSpecHash')) !== undefined,
    conditions: readConditions(get(raw, 'conditions')),
  };
}
