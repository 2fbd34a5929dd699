/** Who a request comes from, and whom it is made as: k8s.io/apiserver/pkg/authentication and pkg/endpoints/filters. */

import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { User } from './types.ts';
import { ANONYMOUS, withCredential } from './users.ts';

/** Who is known, and by what. */
export interface Acquaintances {
  userOf(token: string | undefined): User | undefined;
  /** Who comes with a client certificate, by its fingerprint; without it nobody is asked for one. */
  userOfCertificate?: (fingerprint: string) => User | undefined;
}

/** The user of a request; undefined where its credentials are not good. Without any it is nobody's in particular. */
export function requester({ headers, socket }: IncomingMessage, known: Acquaintances): User | undefined {
  // What is no bearer's is nothing that a server asks for.
  const token = /^bearer +(\S+)/i.exec(headers.authorization?.trim() ?? '')?.[1];
  if (token !== undefined) return known.userOf(token);
  const { userOfCertificate } = known;
  // Of a connection that several requests share there is but a picture.
  const { getPeerX509Certificate } = socket as Partial<TLSSocket>;
  if (!userOfCertificate || getPeerX509Certificate === undefined) return ANONYMOUS;
  const found = (socket as TLSSocket).getPeerX509Certificate();
  if (!found) return ANONYMOUS;
  const user = userOfCertificate(found.fingerprint256);
  return user && withCredential(user, `X509SHA256=${found.fingerprint256.replaceAll(':', '').toLowerCase()}`);
}

/** Whom a request says to be made as: node joins headers that come again, so they are read as they came. */
export function actingAs({ headers, rawHeaders }: IncomingMessage): User | undefined {
  const name = headers['impersonate-user'];
  if (typeof name !== 'string' || name === '') return undefined;
  const valuesOf = (header: string) =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === header);
  const uid = headers['impersonate-uid'];
  const prefix = 'impersonate-extra-';
  const extras = Object.keys(headers).filter((header) => header.startsWith(prefix));
  const extra = Object.fromEntries(
    extras.map((header) => [decodeURIComponent(header.slice(prefix.length)), valuesOf(header)]),
  );
  return {
    ...{ name, groups: valuesOf('impersonate-group') },
    ...(typeof uid === 'string' && uid ? { uid } : {}),
    ...(extras.length > 0 ? { extra } : {}),
  };
}
