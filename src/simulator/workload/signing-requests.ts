/**
 * How the kubelets that have joined in the last hour asked for their certificates: with a token, as kubeadm lets them, and
 * they got them at once. What has been issued is forgotten after an hour: k8s.io/kubernetes/pkg/controller/certificates.
 */

import { certificateRequest } from '../api/certificate.ts';
import { signedFor } from '../api/signing.ts';
import type { KubeObject } from '../api/types.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { JoinToken } from './settings.ts';
import { make } from './system.ts';

const hour = 3_600_000;
/** A kubelet registers its Node as soon as it has what it asked for, ms. */
const before = 2000;
/** Those that were made: keys are made once, and each is its own. */
const made = new Map<string, KubeObject>();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The requests of these Nodes at Unix time `now` (ms). The first of all has its certificate from kubeadm itself. */
export function signingRequests(nodes: readonly Node[], tokens: readonly JoinToken[], now: number): KubeObject[] {
  const first = nodes.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0];
  const fresh = nodes.filter(({ metadata }) => {
    const born = metadata.creationTimestamp ?? '';
    return born !== first && Date.parse(born) > now - hour;
  });
  const keys = new Set(fresh.map(({ metadata }) => metadata.uid ?? ''));
  for (const key of made.keys()) if (made.size > 500 && !keys.has(key)) made.delete(key);
  return fresh.map((node) => {
    const key = node.metadata.uid ?? '';
    const known = made.get(key) ?? requestOf(node, tokens);
    made.set(key, known);
    return known;
  });
}

function requestOf({ metadata, spec: { providerID: provider } = {} }: Node, tokens: readonly JoinToken[]): KubeObject {
  const { name, uid = '', creationTimestamp = '' } = metadata;
  const random = new Random('csr', uid);
  const at = Date.parse(creationTimestamp) - before;
  const subject = { name: `system:node:${name}`, organization: 'system:nodes' };
  const own = tokens.find(({ providerID }) => providerID !== undefined && providerID === provider) ?? tokens[0];
  const token = own?.token.split('.')[0] ?? `${random.suffix()}${random.suffix()}`.slice(0, 6);
  const spec = {
    groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'],
    request: base64(certificateRequest(subject)),
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
    username: `system:bootstrap:${token}`,
  };
  const approved = timestamp(at);
  const condition = {
    ...{
      type: 'Approved',
      status: 'True',
      reason: 'AutoApproved',
      lastUpdateTime: approved,
      lastTransitionTime: approved,
    },
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  };
  const request = make('certificates.k8s.io/v1', 'CertificateSigningRequest', '', `csr-${random.suffix()}`, approved, {
    spec,
    status: { certificate: base64(signedFor({ spec }, at) ?? ''), conditions: [condition] },
  });
  return { ...request, metadata: { ...request.metadata, generateName: 'csr-' } };
}
