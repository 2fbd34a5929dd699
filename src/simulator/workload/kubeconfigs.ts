/**
 * Points the `<cluster>-kubeconfig` Secrets, wherever they come from, to the workload APIs of this process. Real control
 * planes renew the client certificate in them: what they wrote of the user stays, and opens the API. Where the process does not speak
 * TLS, or that is no certificate, a token is added beside it.
 */

import { parse, stringify } from 'yaml';
import { KubeError, type Transport } from '../../kube/types.ts';
import { Client } from '../controllers/client.ts';
import { Informer } from '../controllers/informer.ts';
import { kinds } from '../controllers/kinds.ts';
import type { Runtime } from '../controllers/runtime.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import type { Workloads } from './front.ts';
import { settingsOf } from './settings.ts';

const type = 'cluster.x-k8s.io/secret';
const ending = '-kubeconfig';

export interface KubeconfigWriter {
  /** Resolves when no change waits to be written. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the writer and waits until the Secrets that are there have been written. */
export async function keepKubeconfigs(
  transport: Transport,
  namespace: string,
  workloads: Workloads,
  onError: (error: unknown, where: string) => void = () => {},
): Promise<KubeconfigWriter> {
  const informer = new Informer<Secret>(transport, kinds.Secret, namespace, { fieldSelector: `type=${type}` });
  const client = new Client(transport, namespace);
  let turn: Promise<void> = Promise.resolve();
  informer.onChange((secret, change) => {
    const { name } = secret.metadata;
    if (change === 'deleted' || !name.endsWith(ending)) return;
    turn = turn.then(() => point(secret, name.slice(0, -ending.length)));
  });

  async function point(secret: Secret, cluster: string): Promise<void> {
    const access = workloads.access(cluster);
    if (!access) return;
    const before = Buffer.from(secret.data?.['value'] ?? '', 'base64').toString('utf8');
    const after = pointedHere(workloads, cluster, before);
    if (after === before) return;
    const value = Buffer.from(after).toString('base64');
    try {
      await client.change(kinds.Secret, secret, (draft) => {
        draft.data = { ...draft.data, value };
      });
    } catch (error) {
      // Of a Secret that has changed or gone meanwhile the watch tells again.
      if (!(error instanceof KubeError && (error.code === 404 || error.code === 409))) onError(error, 'kubeconfig');
    }
  }

  await informer.start();
  await turn;
  return {
    idle: () => turn,
    async stop() {
      informer.stop();
      await turn;
    },
  };
}

/**
 * Empties the workload API of a Cluster that is gone: one of the same name begins anew. Tells the others what the
 * management cluster knows of theirs. Call it on a started runtime.
 */
export function followClusters(rt: Runtime, workloads: Workloads): void {
  workloads.settings = (cluster) => settingsOf(rt, cluster, rt.clock.now());
  rt.informer(kinds.Cluster).onChange((cluster, change) => {
    if (change === 'deleted') void workloads.clear(cluster.metadata.name).catch(() => {});
  });
  // What runs on a Node goes while its Machine does.
  rt.informer(kinds.Machine).onChange((machine) => {
    if (machine.metadata.deletionTimestamp) workloads.changed(machine.spec?.clusterName ?? '');
  });
}

interface Config {
  clusters?: { cluster?: Record<string, unknown> }[];
  users?: { user?: Record<string, unknown> }[];
}

/** The text of a cluster's kubeconfig with our server in it: a new one where it has no client certificate. */
export function pointedHere(
  workloads: Pick<Workloads, 'access' | 'kubeconfig' | 'welcome'>,
  name: string,
  text: string,
): string {
  const access = workloads.access(name);
  if (!access) return text;
  const found = plain(text) ?? parsed(text);
  if (!found?.certificate) {
    const fresh = workloads.kubeconfig(name) ?? '';
    return text === fresh ? text : fresh;
  }
  const { known, trusted } = workloads.welcome(name, {
    certificate: decode(found.certificate),
    ca: decode(found.ca),
  });
  const token = known ? undefined : access.token;
  const ca = trusted || access.ca === undefined ? found.ca : Buffer.from(access.ca).toString('base64');
  if (found.server === access.url && found.token === token && found.ca === ca) return text;
  return found.with({ server: access.url, token, ca });
}

interface Told {
  server: string | undefined;
  ca: string | undefined;
  token: string | undefined;
}

/** What a kubeconfig says, and how it is with something else in it. */
interface Found extends Told {
  certificate: string | undefined;
  with(told: Told): string;
}

const LINES = /^ {4}certificate-authority-data: (\S+)\n {4}server: (\S+)$[\s\S]*^ {4}client-certificate-data: (\S+)$/m;

/** Of one that a control plane has written: YAML takes its time, and there may be many. */
function plain(text: string): Found | undefined {
  const [, ca, server, certificate] = LINES.exec(text) ?? [];
  if (
    ca === undefined ||
    / token: /.test(text) ||
    text.split('\n').filter((line) => / server: /.test(line)).length !== 1
  ) {
    return undefined;
  }
  return {
    ...{ ca, server, certificate, token: undefined },
    with: (told) => {
      if (told.token !== undefined) return parsed(text)!.with(told);
      return text
        .replace(/(certificate-authority-data: )\S+/, (_, key) => `${key}${told.ca}`)
        .replace(/( server: )\S+/, (_, key) => `${key}${told.server}`);
    },
  };
}

function parsed(text: string): Found | undefined {
  let config: Config | undefined;
  try {
    config = parse(text) as Config;
  } catch {
    return undefined;
  }
  const cluster = config?.clusters?.[0]?.cluster;
  const user = config?.users?.[0]?.user;
  if (!cluster || !user) return undefined;
  const of = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
  return {
    server: of(cluster['server']),
    ca: of(cluster['certificate-authority-data']),
    token: of(user['token']),
    certificate: of(user['client-certificate-data']),
    with: ({ server, ca, token }) => {
      cluster['server'] = server;
      if (ca !== undefined) cluster['certificate-authority-data'] = ca;
      if (token === undefined) delete user['token'];
      else user['token'] = token;
      return stringify(config, { lineWidth: 0, indentSeq: false });
    },
  };
}

const decode = (data: unknown): string => Buffer.from(String(data ?? ''), 'base64').toString('utf8');
