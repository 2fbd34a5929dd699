/** What the webhooks of the platform's programs are served by: a certificate each, that signs itself, as their charts make it. */

import { certified } from '../../api/certificate.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';
import { certificateOf, hostsOf, managers } from './managers.ts';

const years = 10 * 365 * 86_400_000;
const encode = (text: string): string => Buffer.from(text).toString('base64');

/** The Secrets by whose webhooks they serve, with what is to be trusted, in PEM; valid since they were made. */
export function webhookCertificates(make: Make): { owner: string; ca: string; secret: KubeObject }[] {
  return managers.flatMap(({ owner, provider = '' }) => {
    if (owner === undefined) return [];
    const hosts = hostsOf(owner);
    const name = certificateOf(owner);
    const from = Date.parse(make('v1', 'Secret', name, 'cpaas-system', {}).metadata.creationTimestamp ?? '');
    const { certificate, key } = certified({ name: hosts[0]!, hosts, from, until: from + years });
    const data = { 'ca.crt': encode(certificate), 'tls.crt': encode(certificate), 'tls.key': encode(key) };
    const made = make('v1', 'Secret', name, 'cpaas-system', { type: 'kubernetes.io/tls', data });
    const labels = { 'cluster.x-k8s.io/provider': provider };
    return [{ owner, ca: certificate, secret: { ...made, metadata: { ...made.metadata, labels } } }];
  });
}
