import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

/** A self-signed certificate and its key, both PEM. */
export interface Credentials {
  certificate: string;
  key: string;
}

/**
 * Makes a certificate for 127.0.0.1 and localhost that lives for a year, as kubeadm's do, and signs itself: kubectl sends tokens over TLS
 * only, and Node makes keys but no certificates. X.509 as in RFC 5280, written in DER.
 */
export function selfSigned(now = Date.now()): Credentials {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = pem('CERTIFICATE', certify(publicKey, privateKey, now));
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

let shared: { publicKey: KeyObject; privateKey: KeyObject } | undefined;
const sharedPair = () => {
  shared ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return shared;
};

/**
 * The certificate of an authority called `name`, valid for ten years from Unix time `from` in ms, as kubeadm makes them
 * (k8s.io/client-go/util/cert); with `last` as Cluster API does (util/certs), which counts from 0 and lets no other be
 * below it. All authorities of a process have one RSA key: to make one takes as long as to make a world.
 */
export function authority(name: string, from: number, { last = false }: { last?: boolean } = {}): Credentials {
  const { publicKey, privateKey } = sharedPair();
  const algorithm = sequence(oid(OID.sha256Rsa), tlv(0x05, Buffer.alloc(0)));
  const subject = nameOf({ name });
  const serial = last
    ? Buffer.from([0])
    : Buffer.concat([Buffer.from([1]), digestOf(`${name}/${from}`).subarray(0, 7)]);
  // An authority, with no other below it where it is the last.
  const basic = last ? sequence(yes, integer(Buffer.from([0]))) : sequence(yes);
  // digitalSignature, keyEncipherment and keyCertSign.
  const usage = tlv(0x03, Buffer.from([2, 0b10100100]));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    subject,
    sequence(utcTime(from), utcTime(from + 3650 * DAY)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      sequence(
        sequence(oid(OID.keyUsage), yes, octets(usage)),
        sequence(oid(OID.basicConstraints), yes, octets(basic)),
        ownKey(publicKey),
        ...(last ? [] : [sequence(oid(OID.alternativeName), octets(sequence(tlv(0x82, Buffer.from(name)))))]),
      ),
    ),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, privateKey)));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** What a certificate says. */
export interface Subject {
  name: string;
  organization?: string;
  /** The names and addresses it holds for: then it is a server's, and otherwise a client's. */
  hosts?: readonly string[];
  /** From when and until when it holds, Unix times in ms. */
  from: number;
  until: number;
}

/**
 * A certificate. `by`: the authority with its name and its key in PEM, and then its key is the RSA key that all authorities of a
 * process have; without one it has a key of its own and signs itself, as charts make them for webhooks.
 */
export function certified(subject: Subject, by?: { name: string; key: string }): Credentials {
  const pair = by ? sharedPair() : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = by ? sequence(oid(OID.sha256Rsa), tlv(0x05, Buffer.alloc(0))) : sequence(oid(OID.ecdsaSha256));
  const own = nameOf(subject);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(
      Buffer.concat([
        Buffer.from([1]),
        by ? digestOf(`${subject.name}/${subject.from}`).subarray(0, 7) : randomBytes(7),
      ]),
    ),
    algorithm,
    by ? nameOf(by) : own,
    sequence(utcTime(subject.from), utcTime(subject.until)),
    own,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...usesOf(subject.hosts ?? [], by ? keyBy(by.key) : ownKey(pair.publicKey), by === undefined))),
  );
  const signature = sign('sha256', body, by ? createPrivateKey(by.key) : pair.privateKey);
  return {
    certificate: pem('CERTIFICATE', sequence(body, algorithm, bitString(signature))),
    key: pair.privateKey.export({ type: by ? 'pkcs1' : 'sec1', format: 'pem' }).toString(),
  };
}

/**
 * A certificate for what a request names: its subject and its key, as they were encoded, and the usages that it asks for
 * (k8s.io/kubernetes/pkg/controller/certificates/authority, keyUsagesFromStrings). `by`: the authority and its key in PEM.
 */
export function signedRequest(
  { subject, key, usages }: { subject: Buffer; key: Buffer; usages: readonly unknown[] },
  { from, until }: { from: number; until: number },
  by: { name: string; key: string },
): string {
  const algorithm = sequence(oid(OID.sha256Rsa), tlv(0x05, Buffer.alloc(0)));
  const signs = ['signing', 'digital signature'].some((one) => usages.includes(one));
  const enciphers = usages.includes('key encipherment');
  const sides = (['server', 'client'] as const).filter((side) => usages.includes(`${side} auth`));
  const purposes = sides.map((side) => oid(OID[`${side}Auth`]));
  const bits = tlv(0x03, Buffer.from([enciphers ? 5 : 7, (signs ? 0x80 : 0) | (enciphers ? 0x20 : 0)]));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(by),
    sequence(utcTime(from), utcTime(until)),
    subject,
    key,
    tlv(
      0xa3,
      sequence(
        ...(signs || enciphers ? [sequence(oid(OID.keyUsage), yes, octets(bits))] : []),
        ...(purposes.length > 0 ? [sequence(oid(OID.extendedKeyUsage), octets(sequence(...purposes)))] : []),
        sequence(oid(OID.basicConstraints), yes, octets(sequence())),
        keyBy(by.key),
      ),
    ),
  );
  return pem('CERTIFICATE', sequence(body, algorithm, bitString(sign('sha256', body, createPrivateKey(by.key)))));
}

/** A request for a certificate of a key, a new one where left out, PEM: PKCS #10 as in RFC 2986. */
export function certificateRequest(
  { name, organization }: { name: string; organization: string },
  { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
): string {
  const body = sequence(
    integer(Buffer.from([0])),
    nameOf({ name, organization }),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa0, Buffer.alloc(0)),
  );
  const signature = bitString(sign('sha256', body, privateKey));
  return pem('CERTIFICATE REQUEST', sequence(body, sequence(oid(OID.ecdsaSha256)), signature));
}

function nameOf({ name, organization }: { name: string; organization?: string }): Buffer {
  const part = (of: string, said: string) => tlv(0x31, sequence(oid(of), text(said)));
  return sequence(...(organization ? [part(OID.organization, organization)] : []), part(OID.commonName, name));
}

/** What Go calls a key by: the SHA-1 of its bits (crypto/x509). */
function keyId(key: KeyObject): Buffer {
  const bits =
    key.asymmetricKeyType === 'rsa'
      ? key.export({ type: 'pkcs1', format: 'der' })
      : // A point of P-256 stands last, and is as long as that.
        key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(bits).digest();
}

/** Tells an authority's own key. */
const ownKey = (key: KeyObject): Buffer => sequence(oid(OID.subjectKey), octets(octets(keyId(key))));

/** Tells by which key something was signed, which is in PEM. */
const keyBy = (key: string): Buffer =>
  sequence(oid(OID.authorityKey), octets(sequence(tlv(0x80, keyId(createPublicKey(key))))));

function usesOf(hosts: readonly string[], key: Buffer, isAuthority: boolean): Buffer[] {
  // digitalSignature and keyEncipherment; keyCertSign too where it is its own authority.
  const usage = tlv(0x03, Buffer.from(isAuthority ? [2, 0b10100100] : [5, 0b10100000]));
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
  );
  const purpose = names.length > 0 ? OID.serverAuth : OID.clientAuth;
  return [
    sequence(oid(OID.keyUsage), yes, octets(usage)),
    sequence(oid(OID.extendedKeyUsage), octets(sequence(oid(purpose)))),
    sequence(oid(OID.basicConstraints), yes, octets(sequence(...(isAuthority ? [yes] : [])))),
    key,
    ...(names.length > 0 ? [sequence(oid(OID.alternativeName), octets(sequence(...names)))] : []),
  ];
}

/** Whether a certificate in PEM is that of an authority made here. */
export function isOwnAuthority(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).publicKey.equals(sharedPair().publicKey);
  } catch {
    return false;
  }
}

/** By what a certificate in PEM is known; undefined for what is none. */
export function fingerprintOf(certificate: string): string | undefined {
  try {
    return new X509Certificate(certificate).fingerprint256;
  } catch {
    return undefined;
  }
}

/** The public key all authorities of a process share, PEM. */
export function authorityPublicKey(): string {
  return sharedPair().publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const DAY = 86_400_000;
const OID = {
  ecdsaSha256: '2a8648ce3d040302',
  sha256Rsa: '2a864886f70d01010b',
  commonName: '550403',
  alternativeName: '551d11',
  subjectKey: '551d0e',
  authorityKey: '551d23',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
  organization: '55040a',
} as const;

function certify(publicKey: KeyObject, privateKey: KeyObject, now: number): Buffer {
  const algorithm = sequence(oid(OID.ecdsaSha256));
  const name = nameOf({ name: 'kubernetes' });
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    // Clocks differ: a certificate that starts now is not yet valid elsewhere.
    sequence(utcTime(now - DAY), utcTime(now + 365 * DAY)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions())),
  );
  return sequence(body, algorithm, bitString(sign('sha256', body, privateKey)));
}

function extensions(): Buffer[] {
  const names = sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  // digitalSignature and keyCertSign: it is its own authority.
  const usage = tlv(0x03, Buffer.from([2, 0b10000100]));
  return [
    sequence(oid(OID.basicConstraints), yes, octets(sequence(yes))),
    sequence(oid(OID.keyUsage), yes, octets(usage)),
    sequence(oid(OID.extendedKeyUsage), octets(sequence(oid(OID.serverAuth)))),
    sequence(oid(OID.alternativeName), octets(names)),
  ];
}

/** One DER element: its tag, its length, its content. */
function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) size.unshift(rest & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length, ...size]), content]);
}

/** Go writes a PrintableString where all of it can be one, and else UTF8String (encoding/asn1, marshal.go). */
const text = (said: string): Buffer => tlv(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(said) ? 0x13 : 0x0c, Buffer.from(said));
const yes = tlv(0x01, Buffer.from([0xff]));
const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes);
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const bitString = (bytes: Buffer): Buffer => tlv(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const utcTime = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
