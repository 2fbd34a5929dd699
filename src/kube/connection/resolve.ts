import { dirname, resolve } from 'node:path';
import { type Entry, isObject, type MergedKubeconfig } from './merge.ts';
import type { ExecSpec, Impersonation, KubeCluster, KubeUser, Target } from './model.ts';
import { ConnectionProblem } from './problem.ts';

/**
 * Takes one context out of a kubeconfig, with its cluster and user, paths made absolute against the directory of the
 * file each entry came from.
 * @param wanted the context's name; without it, the current context
 * @throws ConnectionProblem when a name leads nowhere or an entry cannot be used
 */
export function resolveContext(config: MergedKubeconfig, wanted?: string): Target {
  const context = wanted || config.currentContext;
  if (!context) throw new ConnectionProblem('The kubeconfig sets no current context', choose(config));
  const entry = config.contexts.get(context);
  if (!entry) throw new ConnectionProblem(`The kubeconfig has no context "${context}"`, choose(config));
  const fields = new Fields(entry, `context "${context}"`);
  const clusterName = fields.text('cluster');
  if (!clusterName) throw new ConnectionProblem(`The context "${context}" names no cluster`, choose(config));
  const clusterEntry = config.clusters.get(clusterName);
  if (!clusterEntry) {
    throw new ConnectionProblem(
      `The context "${context}" names cluster "${clusterName}", which is missing`,
      choose(config),
    );
  }
  const userName = fields.text('user');
  const userEntry = userName ? config.users.get(userName) : undefined;
  if (userName && !userEntry) {
    throw new ConnectionProblem(`The context "${context}" names user "${userName}", which is missing`, choose(config));
  }
  return {
    context,
    cluster: readCluster(clusterName, clusterEntry),
    user: userName && userEntry ? readUser(userName, userEntry) : undefined,
    inCluster: false,
  };
}

function readCluster(name: string, entry: Entry): KubeCluster {
  const fields = new Fields(entry, `cluster "${name}"`);
  const server = fields.text('server');
  if (!server) throw new ConnectionProblem(`The cluster "${name}" has no server`, `set it in ${entry.file}`);
  return {
    name,
    server,
    caData: fields.text('certificate-authority-data'),
    caFile: fields.path('certificate-authority'),
    skipTLSVerify: fields.flag('insecure-skip-tls-verify'),
    tlsServerName: fields.text('tls-server-name'),
    proxyUrl: fields.text('proxy-url'),
    disableCompression: fields.flag('disable-compression'),
    execConfig: execExtension(entry.value['extensions']),
  };
}

function readUser(name: string, entry: Entry): KubeUser {
  const fields = new Fields(entry, `user "${name}"`);
  const user: KubeUser = {
    name,
    certData: fields.text('client-certificate-data'),
    certFile: fields.path('client-certificate'),
    keyData: fields.text('client-key-data'),
    keyFile: fields.path('client-key'),
    token: fields.text('token'),
    tokenFile: fields.path('tokenFile'),
    username: fields.text('username'),
    password: fields.text('password'),
    exec: readExec(name, entry),
    authProvider: entry.value['auth-provider'] ?? undefined,
    impersonateUser: fields.text('as'),
    impersonation: readImpersonation(name, entry, fields),
  };
  if (user.exec && user.authProvider) {
    throw new ConnectionProblem(`The user "${name}" has both exec and auth-provider`, `remove one in ${entry.file}`);
  }
  if ((user.token || user.tokenFile) && user.username) {
    throw new ConnectionProblem(`The user "${name}" has both a token and a password`, `remove one in ${entry.file}`);
  }
  return user;
}

function readImpersonation(name: string, entry: Entry, fields: Fields): Impersonation | undefined {
  const user = fields.text('as');
  const uid = fields.text('as-uid');
  const groups = fields.texts('as-groups');
  const given = entry.value['as-user-extra'];
  const extraFields = new Fields({ ...entry, value: isObject(given) ? given : {} }, `user "${name}", as-user-extra`);
  const extra = Object.fromEntries(
    Object.keys(isObject(given) ? given : {}).map((key) => [key, extraFields.texts(key)]),
  );
  if (user) return { user, uid, groups, extra };
  if (!uid && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  throw new ConnectionProblem(`The user "${name}" impersonates groups but no user`, `set "as" in ${entry.file}`);
}

function readExec(name: string, entry: Entry): ExecSpec | undefined {
  const value = entry.value['exec'];
  if (value === undefined || value === null) return undefined;
  const fields = new Fields({ ...entry, value: isObject(value) ? value : {} }, `exec of user "${name}"`);
  const command = fields.text('command');
  const apiVersion = fields.text('apiVersion');
  if (!command || !apiVersion) {
    throw new ConnectionProblem(
      `The exec of user "${name}" lacks command or apiVersion`,
      `correct it in ${entry.file}`,
    );
  }
  const env = isObject(value) && Array.isArray(value['env']) ? value['env'].filter(isObject) : [];
  return {
    apiVersion,
    // Only a name without a slash is looked up on PATH (client-go, `ResolveLocalPaths`).
    command: command.includes('/') ? resolve(dirname(entry.file), command) : command,
    args: fields.texts('args'),
    env: Object.fromEntries(env.map((item) => [String(item['name']), String(item['value'] ?? '')])),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') ?? 'IfAvailable',
    installHint: fields.text('installHint'),
  };
}

function execExtension(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined;
  const found = extensions.filter(isObject).find((item) => item['name'] === 'client.authentication.k8s.io/exec');
  return found?.['extension'] ?? undefined;
}

function choose(config: MergedKubeconfig): string {
  const names = [...config.contexts.keys()];
  if (names.length === 0) return 'name another kubeconfig with --kubeconfig';
  const shown = names.slice(0, 8).join(', ');
  return `choose one with --context: ${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`;
}

/** Reads an entry's fields, and says which one is of the wrong kind without showing its value. */
class Fields {
  readonly #entry: Entry;
  readonly #where: string;

  constructor(entry: Entry, where: string) {
    this.#entry = entry;
    this.#where = where;
    if (entry.ambiguous)
      throw new ConnectionProblem(`There are two entries for ${where}`, `remove one in ${entry.file}`);
  }

  text(field: string): string | undefined {
    const value = this.#entry.value[field];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.#wrong(field, 'text (it may need quotes)');
  }

  /** A path, absolute. */
  path(field: string): string | undefined {
    const value = this.text(field);
    return value && resolve(dirname(this.#entry.file), value);
  }

  flag(field: string): boolean {
    const value = this.#entry.value[field];
    if (value === undefined || value === null) return false;
    if (typeof value === 'boolean') return value;
    throw this.#wrong(field, 'true or false');
  }

  texts(field: string): string[] {
    const value = this.#entry.value[field];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.#wrong(field, 'a list of texts');
  }

  #wrong(field: string, expected: string): ConnectionProblem {
    return new ConnectionProblem(
      `"${field}" of ${this.#where} is not ${expected}`,
      `correct it in ${this.#entry.file}`,
    );
  }
}
