/**
 * The versions of Kubernetes' own groups that an API server finds as it begins: those that it serves, and those that it only knows.
 * Source: k8s.io/kubernetes, pkg/controlplane/instance.go for their order; each group's install package for their versions.
 */

/** Where in the code of a minor version it is said that a version is added, skipped, and that a group is not enabled. */
const PLACES: Readonly<Record<number, readonly [added: string, skipped: string, off: string]>> = {
  31: ['handler.go:286', 'genericapiserver.go:765', 'apis.go:105'],
  32: ['handler.go:286', 'genericapiserver.go:767', 'apis.go:105'],
  33: ['handler.go:288', 'genericapiserver.go:778', 'apis.go:112'],
  34: ['handler.go:288', 'genericapiserver.go:784', 'apis.go:112'],
  35: ['handler.go:304', 'genericapiserver.go:796', 'apis.go:112'],
};

/** A group: the versions that are served, and those that are not any more or not by themselves. */
type Group = readonly [name: string, served: string, known: string];

const groupsOf = (minor: number): readonly Group[] => [
  ['authentication.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['authorization.k8s.io', 'v1', 'v1beta1'],
  ['autoscaling', 'v2 v1', 'v2beta1 v2beta2'],
  ['batch', 'v1', 'v1beta1'],
  ['certificates.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['coordination.k8s.io', 'v1', minor < 32 ? 'v1beta1 v1alpha1' : 'v1beta1 v1alpha2'],
  ['discovery.k8s.io', 'v1', 'v1beta1'],
  ['networking.k8s.io', 'v1', minor < 34 ? 'v1beta1 v1alpha1' : 'v1beta1'],
  ['node.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['policy', 'v1', 'v1beta1'],
  ['rbac.authorization.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['scheduling.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['storage.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['flowcontrol.apiserver.k8s.io', 'v1', 'v1beta3 v1beta2 v1beta1'],
  ['apps', 'v1', 'v1beta2 v1beta1'],
  ['admissionregistration.k8s.io', 'v1', 'v1beta1 v1alpha1'],
  ['events.k8s.io', 'v1', 'v1beta1'],
  // Dynamic resources are served since 1.34.
  ...(minor < 34 ? [] : ([['resource.k8s.io', 'v1', 'v1beta2 v1beta1 v1alpha3']] as const)),
];

/** What a server says: where in its code, what, and how grave it is; `after`: how many ms behind the line before. */
export interface Finding {
  place: string;
  message: string;
  level: 'I' | 'W';
  after: number;
}

/** What a server of a minor version says of the groups that it finds, in its order. */
export function findings(minor: number): Finding[] {
  const [added, skipped, off] = PLACES[Math.min(35, Math.max(31, minor))]!;
  const of = ([name, served, known]: Group, pause: number): Finding[] => [
    ...served.split(' ').map((version, turn): Finding => {
      const message = `Adding GroupVersion ${name} ${version} to ResourceManager`;
      return { place: added, message, level: 'I', after: turn === 0 ? pause : 1 };
    }),
    ...(known ? known.split(' ') : []).map((version): Finding => {
      const message = `Skipping API ${name}/${version} because it has no resources.`;
      return { place: skipped, message, level: 'W', after: 0 };
    }),
  ];
  const disabled = ['internal.apiserver.k8s.io', 'storagemigration.k8s.io', ...(minor < 34 ? ['resource.k8s.io'] : [])];
  return [
    ...of(['apiextensions.k8s.io', 'v1', 'v1beta1'], 37),
    ...of(['', 'v1', ''], 164),
    ...disabled.map((name, turn): Finding => {
      const message = `API group "${name}" is not enabled, skipping.`;
      return { place: off, message, level: 'I', after: [1, 203, 46][turn]! };
    }),
    ...groupsOf(minor).flatMap((group, turn) => of(group, turn === 0 ? 11 : 2)),
    ...of(['apiregistration.k8s.io', 'v1', 'v1beta1'], 389),
  ];
}
