/**
 * The token controller: what a Secret that asks for a ServiceAccount's token is given. Shape of the claims:
 * k8s.io/kubernetes/pkg/serviceaccount/legacy.go.
 */

import type { Api } from '../../api/api.ts';
import type { Webhook } from '../../api/core.ts';
import type { KubeObject, User } from '../../api/types.ts';
import { accountUser } from '../../api/users.ts';
import { Random } from '../../controllers/random.ts';

export const accountTokenType = 'kubernetes.io/service-account-token';
const annotation = 'kubernetes.io/service-account.';
const lastUsed = 'kubernetes.io/legacy-token-last-used';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const encode = (text: string): string => Buffer.from(text).toString('base64');

/** The account whose token a Secret asks for; undefined where it asks for none. */
export function accountOf({ kind, metadata, ...rest }: KubeObject): string | undefined {
  const { type } = rest as { type?: string };
  return kind === 'Secret' && type === accountTokenType ? metadata.annotations?.[`${annotation}name`] : undefined;
}

/** The bearer of the tokens of an account with a uid. */
const bearerOf = (namespace: string, account: string, uid: string): User => ({
  ...accountUser(namespace, account),
  uid,
});

/** In the form of a JSON Web Token. Nobody checks the signature: tokens are known by heart. */
function tokenOf(seed: string, namespace: string, secret: string, account: string, uid: string): string {
  const random = new Random(seed, 'account token', namespace, secret, uid);
  const bytes = (length: number) => Buffer.from(random.hex(length * 2), 'hex').toString('base64url');
  const claim = 'kubernetes.io/serviceaccount/';
  const header = { alg: 'RS256', kid: Buffer.from(new Random(seed, 'token key').hex(64), 'hex').toString('base64url') };
  const claims = {
    iss: 'kubernetes/serviceaccount',
    [`${claim}namespace`]: namespace,
    [`${claim}secret.name`]: secret,
    [`${claim}service-account.name`]: account,
    [`${claim}service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
  return `${part(header)}.${part(claims)}.${bytes(256)}`;
}

/**
 * A Secret with the token of the account with this uid, beside the server's authority in PEM where it has one. `used`: the day on which
 * somebody came with it last.
 */
export function withToken<T extends KubeObject>(
  secret: T,
  uid: string,
  { seed, ca, used }: { seed: string; ca?: string; used?: string },
): { secret: T; token: string } {
  const { name, namespace = '', annotations, labels } = secret.metadata;
  const token = tokenOf(seed, namespace, name, accountOf(secret) ?? '', uid);
  const { data } = secret as { data?: Record<string, string> };
  const filled = {
    ...secret,
    metadata: {
      ...secret.metadata,
      annotations: { ...annotations, [`${annotation}uid`]: uid },
      ...(used ? { labels: { ...labels, [lastUsed]: used } } : {}),
    },
    data: { ...data, ...(ca ? { 'ca.crt': encode(ca) } : {}), namespace: encode(namespace), token: encode(token) },
  };
  return { secret: filled, token };
}

/** What the token controller needs to know. */
export interface TokenDesk {
  seed: string;
  api: Pick<Api, 'find' | 'load' | 'addToken'>;
  /** The authority of the server in PEM; undefined where it has none. */
  ca: string | undefined;
}

const uidIn = (api: TokenDesk['api'], namespace: string, name: string): string | undefined =>
  api.find({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })?.metadata.uid;

/** Whether a token is still somebody's: its Secret and its account are there. */
function holds(api: TokenDesk['api'], secret: KubeObject): boolean {
  const { namespace = '', annotations } = secret.metadata;
  const uid = uidIn(api, namespace, accountOf(secret) ?? '');
  return uid !== undefined && uid === annotations?.[`${annotation}uid`] && api.find(secret) !== undefined;
}

/** Gives tokens to the Secrets among `objects`, which have been there for long and are used: today, at Unix time `now` in ms. */
export function giveTokens({ seed, api, ca }: TokenDesk, objects: readonly KubeObject[], now: number): void {
  const used = new Date(now).toISOString().slice(0, 10);
  for (const object of objects) {
    const account = accountOf(object);
    const { namespace = '' } = object.metadata;
    const uid = account && uidIn(api, namespace, account);
    if (!account || !uid) continue;
    const { secret, token } = withToken(object, uid, { seed, ca, used });
    api.load([secret]);
    api.addToken(token, bearerOf(namespace, account, uid), () => holds(api, secret));
  }
}

/** Fills Secrets as they are made, at once where the real controller takes a moment. */
export function tokenController(desk: () => TokenDesk): Webhook {
  return {
    name: 'sim-token-controller',
    group: '',
    resources: ['secrets'],
    operations: ['CREATE'],
    mutate: ({ object, dryRun }) => {
      const account = object && accountOf(object);
      if (!object || !account) return undefined;
      const { seed, api, ca } = desk();
      const { namespace = '' } = object.metadata;
      const uid = uidIn(api, namespace, account);
      if (uid === undefined) return undefined;
      const { secret, token } = withToken(object, uid, { seed, ca });
      if (!dryRun) api.addToken(token, bearerOf(namespace, account, uid), () => holds(api, secret));
      return { object: secret };
    },
  };
}
