/**
 * Follows one workload cluster: its kubeconfig Secret, then a connection of its own, then Nodes, the release of the
 * network plugin and the DaemonSets of the system by the same reflectors as everything else. Whatever happens to it happens to nothing else.
 */

import { projectAppRelease } from '../../domain/project/app-release.ts';
import { projectDaemonSet } from '../../domain/project/daemon-set.ts';
import { projectNode } from '../../domain/project/node.ts';
import { redactText } from '../../domain/redact-text.ts';
import { cleanLine } from '../../domain/text.ts';
import {
  NETWORK_RELEASE,
  unasked,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadAccess,
  type WorkloadKind,
} from '../../domain/workload.ts';
import type { Env } from '../connection/load.ts';
import { ConnectionProblem } from '../connection/problem.ts';
import { createResourceCache, type ResourceCache } from '../reflector/cache.ts';
import { type Clock, sleep, systemClock } from '../reflector/clock.ts';
import { discover, remembering } from '../reflector/discovery.ts';
import { DEFAULTS, type Settings } from '../reflector/settings.ts';
import type { Source } from '../reflector/source.ts';
import { KubeError, type Transport } from '../types.ts';
import { connectWorkload, phraseOf, type WorkloadConnection } from './connect.ts';
import { Holding, type WorkloadObject } from './holding.ts';
import { type KubeconfigSecret, kubeconfigSecretOf, readKubeconfigSecret } from './secret.ts';

export interface WorkloadOptions {
  /** The name of its Cluster. */
  cluster: string;
  /** To the management cluster; used for the Secret alone. */
  transport: Transport;
  namespace: string;
  env: Env;
  version?: string;
  clock?: Clock;
  settings?: Settings;
  /** Gives [0, 1). */
  random?: () => number;
  /** Called with every new state, at most ten times a second. */
  onChange(workload: Workload): void;
  /** Something that should never happen. */
  onError?(error: unknown): void;
  /** For tests. */
  connect?: typeof connectWorkload;
}

export interface Following {
  /** Resolves when no connection and no timer is left. */
  stop(): Promise<void>;
}

/** How long a Secret that is missing, may not be read, or leads nowhere is left alone, ms. */
const AGAIN_MS: Readonly<Record<'no secret' | 'forbidden' | 'unusable', number>> = {
  'no secret': 15_000,
  forbidden: 60_000,
  unusable: 30_000,
};
/** While the cluster is silent the Secret is looked at this often, ms: it may name another address by now. */
const LOOK_MS = 60_000;

/** A silent cluster is asked less often than the management cluster: there may be several, and nothing waits for it. */
const SETTINGS: Settings = { ...DEFAULTS, lists: 2, probe: { ...DEFAULTS.probe, retryMs: 5_000 } };

interface SourceOf {
  group: string;
  resource: string;
  version: string;
  /** Of all namespaces where left out: nobody says where the platform keeps its release. */
  namespace?: string;
  selector?: string;
  project: (raw: unknown) => WorkloadObject | undefined;
}

const SOURCES: Readonly<Record<WorkloadKind, SourceOf>> = {
  node: { group: '', resource: 'nodes', version: 'v1', project: projectNode },
  appRelease: {
    group: 'operator.alauda.io',
    resource: 'appreleases',
    version: 'v1alpha1',
    selector: `metadata.name=${NETWORK_RELEASE}`,
    project: projectAppRelease,
  },
  daemonSet: {
    group: 'apps',
    resource: 'daemonsets',
    version: 'v1',
    namespace: 'kube-system',
    project: projectDaemonSet,
  },
};

/** Begins to follow; see the head of this file. */
export function followWorkload(options: WorkloadOptions): Following {
  return new Follower(options);
}

class Follower implements Following {
  readonly #options: WorkloadOptions;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #state: Workload;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#state = unasked(options.cluster, this.#clock.now());
    this.#ended = this.#run().catch((error: unknown) => options.onError?.(error));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    this.#say('connecting');
    while (!signal.aborted) {
      const opened = await this.#open();
      if (signal.aborted) {
        if ('transport' in opened) opened.transport.close();
        return;
      }
      if ('transport' in opened) await this.#hold(opened);
      else {
        this.#say(opened.access, opened.why);
        await sleep(this.#clock, AGAIN_MS[opened.access], signal);
      }
    }
  }

  /** Reads the Secret and opens what it names; or says why not. The text is let go of here. */
  async #open(): Promise<
    (WorkloadConnection & { revision: string }) | { access: 'no secret' | 'forbidden' | 'unusable'; why: string }
  > {
    const { cluster, env, version, connect = connectWorkload } = this.#options;
    try {
      const secret = await this.#read();
      const connection = await connect(secret, { env, version, reread: () => this.#read() });
      return { ...connection, revision: secret.revision };
    } catch (error) {
      if (error instanceof ConnectionProblem) return { access: 'unusable', why: phraseOf(error) };
      if (!(error instanceof KubeError)) throw error;
      const name = kubeconfigSecretOf(cluster);
      if (error.code === 404) return { access: 'no secret', why: `there is no Secret ${name}` };
      if (error.code === 403) return { access: 'forbidden', why: `Secret ${name} may not be read` };
      const why = error.reason === 'Malformed' ? error.message : `Secret ${name} was not read: ${error.message}`;
      return { access: 'unusable', why: redactText(cleanLine(why)) };
    }
  }

  #read(): Promise<KubeconfigSecret> {
    const { transport, namespace, cluster } = this.#options;
    return readKubeconfigSecret(transport, namespace, cluster, this.#abort.signal);
  }

  /** Holds a connection until it is stopped, or until the Secret names another. */
  async #hold({ transport, host, revision }: WorkloadConnection & { revision: string }): Promise<void> {
    const { signal } = this.#abort;
    const holding = new Holding(() => this.#clock.now());
    this.#put({ ...unasked(this.#options.cluster, this.#clock.now()), access: 'open', server: host });
    const cache = this.#cache(transport, holding);
    cache.start();
    try {
      while (!signal.aborted) {
        await sleep(this.#clock, LOOK_MS, signal);
        if (signal.aborted || WORKLOAD_KINDS.some((kind) => this.#state.freshness[kind].phase === 'live')) continue;
        if (await this.#replaced(revision)) return;
      }
    } finally {
      await cache.stop();
      transport.close();
    }
  }

  /** Whether the Secret is another one by now, or gone. Where it cannot be read nothing is known, and what is held stays. */
  async #replaced(revision: string): Promise<boolean> {
    try {
      return (await this.#read()).revision !== revision;
    } catch (error) {
      return error instanceof KubeError && error.code === 404;
    }
  }

  #cache(transport: Transport, holding: Holding): ResourceCache {
    const { random, settings = SETTINGS, onError } = this.#options;
    const api = remembering(transport, () => this.#clock.now());
    return createResourceCache<WorkloadObject>({
      kinds: WORKLOAD_KINDS,
      transport,
      clock: this.#clock,
      settings,
      random,
      onError,
      async resolve(kind, hint): Promise<Source<WorkloadObject> | undefined> {
        const { group, resource, version, namespace, selector, project } = SOURCES[kind as WorkloadKind];
        if (hint.fresh) api.forget();
        if ((await discover(api, group, resource, [version])) === 'absent') return undefined;
        return {
          kind,
          path: `${group === '' ? '/api' : `/apis/${group}`}/${version}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${resource}`,
          query: selector === undefined ? undefined : { fieldSelector: selector },
          managedFields: kind === 'appRelease',
          project,
        };
      },
      onChange: (batch) => {
        const next = holding.take(this.#state, batch);
        if (next !== this.#state) this.#put(next);
      },
    });
  }

  #say(access: WorkloadAccess, why?: string): void {
    const { access: before, why: known } = this.#state;
    if (before === access && known === why) return;
    this.#put({ ...unasked(this.#options.cluster, this.#clock.now()), access, why });
  }

  #put(state: Workload): void {
    this.#state = state;
    if (!this.#abort.signal.aborted) this.#options.onChange(state);
  }
}
