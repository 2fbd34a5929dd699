/** OpenSSH public keys. A private one that was pasted by mistake is refused and never repeated. */
import { Buffer } from 'node:buffer';

const TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/**
 * Why a line is no public key, as part of a sentence; undefined where it is one. The key itself begins with the length
 * and the name of its type (RFC 4253 §6.6): both must say the same.
 */
export function keyProblem(line: string): string | undefined {
  if (/PRIVATE KEY/.test(line))
    return 'is a private key: the public one (.pub) is wanted, and this one should be replaced';
  const [type = '', body = ''] = line.trim().split(/\s+/);
  if (!TYPES.includes(type)) return 'does not begin with a type such as ssh-ed25519';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return 'has no base64 behind its type';
  const bytes = Buffer.from(body, 'base64');
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  if (length !== type.length || bytes.subarray(4, 4 + length).toString('latin1') !== type)
    return `is cut off or damaged: it does not hold a key of type ${type}`;
  // A type alone is no key yet.
  return bytes.length > 4 + length + 32 ? undefined : 'is cut off: there is no key behind its type';
}
