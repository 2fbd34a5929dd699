/**
 * What only one process at a time may write: a cluster that is being made, for one. Told in the cluster by a Lease, so that
 * it holds for other accounts and other hosts as well. Whoever works for long holds it all the time; a single write holds it
 * as long as it takes.
 */
import { randomBytes } from 'node:crypto';
import { processes } from '../journal/process.ts';
import { createLease, type Lease, type LeaseOptions, type Lock, leaseName, RENEW_MS } from './lease.ts';

/** What is held: `{ what: 'create', of: 'depot' }`. */
export interface Matter {
  what: string;
  of: string;
}

export interface Alone {
  /**
   * Takes the right to write, or makes certain that it is still ours. As often as it is taken it has to be let go of.
   * `over`: whoever has it is declared gone.
   */
  hold(matter: Matter, over?: boolean): Promise<Lock>;
  letGo(matter: Matter): Promise<void>;
  /** Who works on it at this moment, without a claim of our own: `none` where nobody does. */
  look(matter: Matter): Promise<Lock | { state: 'none' }>;
}

interface Held {
  lease: Lease;
  times: number;
  stop(): void;
}

export interface AloneOptions extends Pick<LeaseOptions, 'transport' | 'namespace' | 'clock'> {
  /** `ana as admin` */
  who: string;
  processes?: typeof processes;
}

export function createAlone({ transport, namespace, clock, who, processes: all = processes }: AloneOptions): Alone {
  const held = new Map<string, Held>();

  const begin = (name: string): Held => {
    const { host, pid } = all.self;
    const identity = { who, host, pid, token: randomBytes(6).toString('hex') };
    const isGone: LeaseOptions['isGone'] = (process) => all.isGone(process);
    return {
      lease: createLease({ transport, namespace, clock, name, identity, isGone }),
      times: 0,
      stop: () => {},
    };
  };

  const beat = (name: string, one: Held): void => {
    one.stop = clock.after(RENEW_MS, () => {
      void one.lease.renew(name).finally(() => {
        if (held.get(name) === one) beat(name, one);
      });
    });
  };

  return {
    async hold({ what, of }, over = false) {
      const name = leaseName(what, of);
      const known = held.get(name);
      const one = known ?? begin(name);
      const lock = await one.lease.take(name, over);
      if (lock.state === 'other' || lock.state === 'unknown') return lock;
      one.times += 1;
      if (!known) {
        held.set(name, one);
        if (lock.state === 'mine') beat(name, one);
      }
      return lock;
    },
    look({ what, of }) {
      const name = leaseName(what, of);
      return (held.get(name) ?? begin(name)).lease.look();
    },
    async letGo({ what, of }) {
      const name = leaseName(what, of);
      const one = held.get(name);
      if (!one) return;
      one.times -= 1;
      if (one.times > 0) return;
      held.delete(name);
      one.stop();
      await one.lease.remove();
    },
  };
}

/** Why somebody may not write, as a sentence; undefined where nothing stands in the way. */
export function notAlone(lock: Lock, { of }: Matter): string | undefined {
  if (lock.state === 'other') return `${lock.who} works on ${of} at this moment: nothing was done`;
  if (lock.state === 'unknown')
    return `whether somebody else works on ${of} cannot be known (${lock.why}): nothing was done`;
  return undefined;
}
