/** What the cluster is: its name, what is made of it, its version, where its images come from. */
import { PARTS, PROFILES } from '../answers.ts';
import { registryOf } from '../known.ts';
import { PLANE, plain, type Question, releaseOf } from './question.ts';

export const CLUSTER: readonly Question[] = [
  {
    path: 'cluster',
    placeholder: '<cluster-name>',
    title: 'Name of the cluster',
    about: 'Begins the name of every object. Not "global". Up to 21 characters keep the whole UUID in host names.',
    kind: 'text',
    example: 'depot',
  },
  {
    path: 'parts',
    title: 'What to make',
    about: 'All four make a cluster from bare hosts. "registration" alone registers hosts; "pools" alone makes pools.',
    kind: 'list',
    choices: PARTS,
    initial: [...PARTS],
  },
  {
    path: 'kubernetesVersion',
    placeholder: '<kubernetes-version>',
    title: 'Kubernetes version',
    about: 'A key of the ConfigMap elemental-image-catalog, with its leading v.',
    kind: 'text',
    parts: ['registration', 'controlPlane', 'workers'],
    offers: ({ images = {} }) =>
      [...Object.keys(images)]
        .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))
        .map((version) => ({
          value: version,
          title: releaseOf(version) ? version : `${version} (not in the OS Support Matrix)`,
        })),
    example: 'v1.34.5-3',
  },
  {
    path: 'registry.address',
    placeholder: '<registry-address>',
    title: 'Platform registry',
    about: 'host[:port] the hosts pull from; the same as global.registry.address of the platform.',
    kind: 'text',
    parts: ['registration', 'controlPlane', 'workers'],
    offers: (known) => plain(registryOf(known)),
    example: 'registry.example.com:11443',
  },
  {
    path: 'registry.annotate',
    title: 'Name the registry on the Cluster',
    about: 'Writes cpaas.io/registry-address. Only needed where the platform has no registry Secret.',
    kind: 'boolean',
    initial: false,
    parts: PLANE,
  },
  {
    path: 'profile',
    title: 'Profile of the control plane',
    about:
      'minimal, or hardened: admission, audit, kubelet patches, cipher suites, as the document recommends for production.',
    kind: 'choice',
    choices: PROFILES,
    initial: 'hardened',
    parts: PLANE,
  },
];
