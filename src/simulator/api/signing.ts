/**
 * Certificates for who asks for them and is approved: k8s.io/kubernetes/pkg/controller/certificates/signer. Requests are read as
 * PKCS #10 (RFC 2986) has them: Node reads certificates and no requests.
 */

import { X509Certificate } from 'node:crypto';
import { authority, signedRequest } from './certificate.ts';
import type { Core, Plugin } from './core.ts';
import { forbidden } from './errors.ts';
import { keyOf } from './store.ts';
import { isRecord, type KubeObject, type User } from './types.ts';

const GROUP = 'certificates.k8s.io';
const CLIENTS = 'kubernetes.io/kube-apiserver-client';
/** Whose requests the controller manager answers. */
const SIGNERS = new Set([
  CLIENTS,
  `${CLIENTS}-kubelet`,
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/legacy-unknown',
]);
const YEAR = 365 * 86_400;

/** Who has a certificate, and until when, Unix time in ms. */
export interface Certified {
  user: User;
  until: number;
}

/** Signs what was approved. `known` is told of each certificate, by its fingerprint. */
export function signApproved(core: Core, known: (fingerprint: string, certified: Certified) => void): void {
  const requests = core.resources.find(
    ({ plural, group }) => plural === 'certificatesigningrequests' && group === GROUP,
  );
  if (!requests || core.store.count(requests) === 0) return;
  for (const { object } of [...core.store.scan(requests)]) {
    const { conditions } = object.status ?? {};
    const judged = Array.isArray(conditions) ? conditions.filter(isRecord) : [];
    const said = judged.map(({ type }) => String(type));
    const waits = said.includes('Approved') && !said.includes('Denied') && !said.includes('Failed');
    if (!waits || object.status?.['certificate'] || !SIGNERS.has(String(object.spec?.['signerName']))) continue;
    const certificate = signedFor(object, core.now());
    if (certificate === undefined) continue;
    const found = new X509Certificate(certificate);
    known(found.fingerprint256, { user: userOf(found), until: Date.parse(found.validTo) });
    const told = judged.map((one) => ({ lastTransitionTime: one['lastUpdateTime'], ...one }));
    const status = { ...object.status, certificate: Buffer.from(certificate).toString('base64'), conditions: told };
    core.store.put(requests, keyOf(undefined, object.metadata.name), { ...object, status });
  }
}

/** Refuses to make masters of those who ask: plugin/pkg/admission/certificates/subjectrestriction. */
export const subjects: Plugin = {
  check: ({ resource, operation, object }) => {
    if (resource.group !== GROUP || operation !== 'CREATE' || object?.spec?.['signerName'] !== CLIENTS) return;
    const request = requestOf(object);
    if (request === undefined || !/system:masters/.test(request.subject.toString('utf8'))) return;
    const words = `use of ${CLIENTS} signer with system:masters group is not allowed`;
    throw forbidden(resource, object.metadata.name, words);
  },
};

/** What a request asks for, each part as it was encoded. */
interface Request {
  subject: Buffer;
  key: Buffer;
}

function requestOf({ spec }: Pick<KubeObject, 'spec'>): Request | undefined {
  const text = Buffer.from(String(spec?.['request'] ?? ''), 'base64').toString('utf8');
  const [, body = ''] = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(text) ?? [];
  try {
    const [whole] = parts(Buffer.from(body, 'base64'));
    const [info] = parts(whole!.content);
    const [, subject, key] = parts(info!.content);
    return subject && key && { subject: subject.all, key: key.all };
  } catch {
    // Not a request at all: nobody signs it.
    return undefined;
  }
}

/** The elements of DER one after the other. Throws where they end too early. */
function parts(bytes: Buffer): { all: Buffer; content: Buffer }[] {
  const found: { all: Buffer; content: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    const long = first < 0x80 ? 0 : first & 0x7f;
    const length = long === 0 ? first : bytes.readUIntBE(at + 2, long);
    const start = at + 2 + long;
    const end = start + length;
    if (end > bytes.length) throw new RangeError('the request is cut short');
    found.push({ all: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

/**
 * The certificate that a request comes to at `now` (Unix time in ms), PEM: for the key of the request, and for what its usages
 * name. Undefined where it is no request.
 */
export function signedFor(csr: Pick<KubeObject, 'spec'>, now: number): string | undefined {
  const request = requestOf(csr);
  if (request === undefined) return undefined;
  const { expirationSeconds, usages } = csr.spec ?? {};
  const seconds = Math.min(typeof expirationSeconds === 'number' ? expirationSeconds : YEAR, YEAR);
  const { key } = authority('kubernetes', now);
  return signedRequest(
    { ...request, usages: Array.isArray(usages) ? usages : [] },
    // Clocks differ.
    { from: now - 300_000, until: now - 300_000 + seconds * 1000 },
    { name: 'kubernetes', key },
  );
}

/** Whom a certificate names. */
function userOf({ subject }: X509Certificate): User {
  const all = (what: string) =>
    subject.split('\n').flatMap((line) => (line.startsWith(`${what}=`) ? [line.slice(what.length + 1)] : []));
  return { name: all('CN')[0] ?? '', groups: all('O') };
}
