/**
 * The document's profile for production: admission, audit, kubelet patches, cipher suites. Facts of the document, written
 * as data: what is in the files is made here, and compared with the document's by meaning.
 */
import { stringify } from 'yaml';
import type { Raw } from '../../../operations/contract.ts';

const PKI = '/etc/kubernetes/pki';
const ADMISSION = '/etc/kubernetes/admission/psa-config.yaml';
const AUDIT = '/etc/kubernetes/audit';
/** Where kubeadm looks for patches. */
export const PATCHES = '/etc/kubernetes/patches';

const file = (path: string, content: string): Raw => ({ path, owner: 'root:root', permissions: '0644', content });

/** The suites of the document. The API server's and the kubelet's lists name ChaCha20 differently; both are accepted. */
function ciphers(chacha: string): string {
  return ['ECDSA', 'RSA']
    .flatMap((key) => [`${key}_WITH_AES_128_GCM_SHA256`])
    .concat([
      `ECDSA_WITH_${chacha}`,
      'RSA_WITH_AES_256_GCM_SHA384',
      `RSA_WITH_${chacha}`,
      'ECDSA_WITH_AES_256_GCM_SHA384',
    ])
    .map((suite) => `TLS_ECDHE_${suite}`)
    .join(',');
}

export const KUBELET_CIPHERS = ciphers('CHACHA20_POLY1305_SHA256');
const SERVER_CIPHERS = ciphers('CHACHA20_POLY1305');

/**
 * The patch of the kubelet's configuration. `minor`: of Kubernetes 1; from 1.35 on images that are pulled already must
 * not be verified again (upgrade document).
 */
export function kubeletPatch(minor: number, more: Raw): Raw {
  const patch = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...more,
    ...(minor >= 35 ? { imagePullCredentialsVerificationPolicy: 'NeverVerify' } : {}),
  };
  return file(`${PATCHES}/kubeletconfiguration0+strategic.json`, `${JSON.stringify(patch, null, 2)}\n`);
}

/** What the kubelet of a hardened node is told. */
export function kubeletSettings(worker: boolean): Raw {
  return {
    protectKernelDefaults: true,
    ...(worker ? { staticPodPath: null } : {}),
    tlsCertFile: `${PKI}/kubelet.crt`,
    tlsPrivateKeyFile: `${PKI}/kubelet.key`,
    streamingConnectionIdleTimeout: '5m',
    clientCAFile: `${PKI}/ca.crt`,
  };
}

const level = (name: string) => ({
  [name]: name === 'enforce' ? 'privileged' : 'baseline',
  [`${name}-version`]: 'latest',
});

const ADMISSION_CONFIG = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AdmissionConfiguration',
  plugins: [
    {
      name: 'PodSecurity',
      configuration: {
        apiVersion: 'pod-security.admission.config.k8s.io/v1',
        kind: 'PodSecurityConfiguration',
        defaults: { ...level('enforce'), ...level('audit'), ...level('warn') },
        exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system', 'cpaas-system'] },
      },
    },
  ],
};

const of = (group: string, ...resources: string[]) => (resources.length > 0 ? { group, resources } : { group });

/** Who does nothing worth a line is left out, who touches secrets is noted without them, all else in full. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'None',
      users: [
        'system:kube-controller-manager',
        'system:kube-scheduler',
        'system:serviceaccount:kube-system:endpoint-controller',
      ],
      verbs: ['get', 'update'],
      namespaces: ['kube-system'],
      resources: [of('', 'endpoints')],
    },
    { level: 'None', nonResourceURLs: ['/healthz*', '/version', '/swagger*'] },
    { level: 'None', resources: [of('', 'events')] },
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', resources: [of('coordination.k8s.io', 'leases')] },
    {
      level: 'None',
      resources: [
        of('authorization.k8s.io', 'subjectaccessreviews', 'selfsubjectaccessreviews'),
        of('authentication.k8s.io', 'tokenreviews'),
      ],
    },
    { level: 'Metadata', resources: [of('', 'secrets', 'configmaps')] },
    {
      level: 'RequestResponse',
      resources: ['', 'apps', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'networking.k8s.io'].map((group) =>
        of(group),
      ),
    },
    { level: 'Metadata' },
  ],
};

/** Files of a hardened control plane. */
export function hardenedFiles(minor: number): Raw[] {
  return [
    file(ADMISSION, stringify(ADMISSION_CONFIG, { lineWidth: 0 })),
    kubeletPatch(minor, kubeletSettings(false)),
    file(`${AUDIT}/policy.yaml`, stringify(AUDIT_POLICY, { lineWidth: 0 })),
  ];
}

/** What the components of a hardened control plane are told beyond the minimal profile. */
export const HARDENED_ARGS = {
  apiServer: {
    'audit-log-format': 'json',
    'audit-log-maxage': '30',
    'audit-log-maxbackup': '10',
    'audit-log-maxsize': '200',
    'audit-log-mode': 'batch',
    'audit-log-path': `${AUDIT}/audit.log`,
    'audit-policy-file': `${AUDIT}/policy.yaml`,
    'tls-cipher-suites': SERVER_CIPHERS,
    'admission-control-config-file': ADMISSION,
    'kubelet-certificate-authority': `${PKI}/ca.crt`,
  },
  /** Both families. */
  others: { 'bind-address': '::' },
  volume: { name: 'vol-dir-0', hostPath: '/etc/kubernetes', mountPath: '/etc/kubernetes', pathType: 'Directory' },
  after: ['chmod 600 /var/lib/kubelet/config.yaml'],
} as const;
