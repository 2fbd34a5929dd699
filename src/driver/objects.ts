/** The objects a guide reads whole, asked for again only when they may have changed. */
import { refByName } from '../domain/fleet/by-name.ts';
import { findObject } from '../domain/fleet/find.ts';
import type { Fleet } from '../domain/fleet/rows.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import { keyOf, type Need, type Raw } from '../operations/contract.ts';
import { read } from '../runner/look.ts';
import type { Door, RunnerClock } from '../runner/types.ts';
import type { DriverOptions } from './types.ts';

/** An object that is not watched, or of which no version is known, is read again after so many ms. */
const KEPT_MS = 30_000;

interface Held {
  raw: Raw | null;
  /** Version the watch had when it was read. */
  version?: string;
  at: number;
}

export interface Objects {
  /** Reads what is asked for. Throws KubeError. */
  read(needs: readonly Need[]): Promise<Map<string, Raw | null>>;
  /** Forgets everything: what was written is read anew. */
  forget(): void;
}

export function createObjects(
  { sight, transport }: Pick<DriverOptions, 'sight' | 'transport'>,
  clock: RunnerClock,
): Objects {
  const held = new Map<string, Held>();
  const door: Door = {
    transport,
    namespace: sight.picture().namespace,
    clock,
    versionOf: (kind) => sight.picture().freshness[kind].version ?? KINDS_TABLE[kind].versions[0],
  };
  const isFresh = (fleet: Fleet, need: Need): Raw | null | undefined => {
    const known = held.get(keyOf(need));
    if (!known) return undefined;
    const version = watchedVersion(fleet, need);
    if (version !== known.version) return undefined;
    return version === undefined && clock.now() - known.at > KEPT_MS ? undefined : known.raw;
  };
  return {
    async read(needs) {
      const { fleet } = sight.picture();
      const found = new Map<string, Raw | null>();
      await Promise.all(
        needs.map(async (need) => {
          const known = isFresh(fleet, need);
          if (known !== undefined) {
            found.set(keyOf(need), known);
            return;
          }
          const version = watchedVersion(fleet, need);
          const raw = await read(door, need.kind, need.name, false, need.apiVersion);
          held.set(keyOf(need), { raw, at: clock.now(), ...(version === undefined ? {} : { version }) });
          found.set(keyOf(need), raw);
        }),
      );
      return found;
    },
    forget: () => held.clear(),
  };
}

function watchedVersion(fleet: Fleet, need: Need): string | undefined {
  const ref = refByName(fleet, need);
  return ref && findObject(fleet, ref)?.resourceVersion;
}
