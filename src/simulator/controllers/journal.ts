/**
 * What the controllers of each program have written into its log while they ran: the last lines, in the order in which
 * they were written, as they happened. What they did before anybody ran them is told from what it left behind.
 */

import { labels } from './owners.ts';
import type { KubeObject } from './shapes/meta.ts';

/** An Event that was recorded, each time. */
export interface Told {
  type: string;
  reason: string;
  message: string;
  component: string;
}

/** One line. */
export interface Entry {
  /** Unix time in ms; never before the one that was written before it. */
  at: number;
  /** Whom it is about, as it was. */
  about: { apiVersion: string; kind: string; namespace: string; name: string; uid: string; resourceVersion: string };
  /** Its cluster and its owners: kind to `namespace/name`. */
  of: Readonly<Record<string, string | undefined>>;
  /** An Event; undefined of a line that a controller wrote itself. */
  event?: Told;
  /** Printed as it is, by no controller. */
  plain?: boolean | undefined;
  /** `E` of what went wrong. */
  level?: 'E' | undefined;
  /** The file and the line of the source. */
  place: string;
  message: string;
  values: Readonly<Record<string, unknown>>;
  /** Which controller wrote it, and in which of its reconciles. */
  controller: string;
  turn: number;
}

/** So many lines of a program are kept: more than a kubelet hands on. */
const most = 2200;
/** So many of them are let go at once. */
const slack = 400;
/** By so many ms its lines may be ahead of the clock: a program takes time for what is done here in one moment. */
const ahead = 30;

/** The lines of all programs. */
export class Journal {
  /** Since when they are kept, Unix time in ms. */
  readonly since: number;
  #programs = new Map<string, Entry[]>();
  #last = new Map<string, number>();

  constructor(since: number) {
    this.since = since;
  }

  /** Writes a line about an object into the log of a program at Unix time `now` in ms. */
  write(program: string, now: number, object: KubeObject, entry: Omit<Entry, 'at' | 'about' | 'of'>): void {
    const own = this.#programs.get(program) ?? [];
    this.#programs.set(program, own);
    const last = this.#last.get(program) ?? 0;
    const step = own.at(-1)?.turn === entry.turn ? 0 : 1;
    const at = Math.max(now, Math.min(last + step, Math.max(last, now + ahead)));
    this.#last.set(program, at);
    const { apiVersion, kind, metadata } = object;
    const { namespace = '', name, uid = '', resourceVersion = '' } = metadata;
    // Names alone: whole objects would be kept for as long as their lines.
    const about = { apiVersion, kind, namespace, name, uid, resourceVersion };
    own.push({ ...entry, at, about, of: alone.includes(kind) ? {} : ownersOf(object) });
    if (own.length > most + slack) own.splice(0, slack);
  }

  /**
   * The lines of a program, the oldest first; since when all that it wrote is there, Unix time in ms; and whether there was
   * more, that is gone.
   */
  of(program: string): { entries: readonly Entry[]; since: number; turned: boolean } {
    const entries = this.#programs.get(program) ?? [];
    const turned = entries.length >= most;
    return { entries, since: turned ? entries[0]!.at : this.since, turned };
  }
}

/** Kinds whose loggers say nothing of whom an object belongs to: their controllers do. */
const alone: readonly string[] = ['Cluster', 'KubeadmConfig', 'MachineInventory', 'MachineRegistration', 'SeedImage'];

const ref = (namespace: string | undefined, name: string | undefined) => name && `${namespace ?? ''}/${name}`;

/** What Cluster API's loggers say of an object beside its name: its cluster and its owners, those of MachineSets too. */
export function ownersOf({ metadata, ...rest }: KubeObject): Record<string, string | undefined> {
  const { namespace, ownerReferences = [] } = metadata;
  const spec = (rest as { spec?: { clusterName?: string } }).spec;
  const cluster = spec?.clusterName ?? metadata.labels?.[labels.cluster];
  const found: Record<string, string | undefined> = { Cluster: ref(namespace, cluster) };
  for (const { kind, name } of ownerReferences) found[kind] ??= ref(namespace, name);
  if (found['MachineSet']) found['MachineDeployment'] ??= ref(namespace, metadata.labels?.[labels.deployment]);
  return found;
}
