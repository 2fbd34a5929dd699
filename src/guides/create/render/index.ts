/** The five manifests, in the document's order and with its names. */
import type { Raw } from '../../../operations/contract.ts';
import { type Answers, type HostAnswer, hostText, type Part, wants } from '../answers.ts';
import type { Known } from '../known.ts';
import { namesOf } from '../names.ts';
import { resolveHost } from '../resolve.ts';
import { baremetalCluster, cluster, INFRA, kubeadmControlPlane, machineTemplate, metadata } from './cluster.ts';
import { baseImageOf, machineRegistration, seedImage } from './registration.ts';
import { asV1beta2 } from './v1beta2.ts';
import { bootstrapTemplate, machineDeployment } from './workers.ts';
import { yamlOf } from './yaml.ts';

export interface Manifest {
  /** `03-cluster.yaml` */
  file: string;
  part: Part;
  objects: readonly Raw[];
  /** Why it cannot be made yet, as a sentence; `objects` is empty then. */
  missing?: string;
}

export const FILES = {
  registration: '01-machineregistration-seedimage.yaml',
  pools: '02-machineinventorypool.yaml',
  cluster: '03-cluster.yaml',
  templates: '04-worker-templates.yaml',
  deployment: '05-machinedeployment.yaml',
} as const;

/**
 * The manifests that the answers want, in the generation of Cluster API that is known to be served, else in that of the
 * document. What depends on hosts that have not registered says so.
 */
export function manifestsOf(answers: Answers, known: Known): Manifest[] {
  const { workerTemplate, workerPool, controlPlaneTemplate, controlPlanePool } = namesOf(answers.cluster);
  const make: Manifest[] = [
    registrationManifest(answers, known),
    poolsManifest(answers, known),
    {
      file: FILES.cluster,
      part: 'controlPlane',
      objects: [
        baremetalCluster(answers),
        machineTemplate(controlPlaneTemplate, controlPlanePool),
        kubeadmControlPlane(answers),
        cluster(answers),
      ],
    },
    {
      file: FILES.templates,
      part: 'workers',
      objects: [machineTemplate(workerTemplate, workerPool), bootstrapTemplate(answers)],
    },
    { file: FILES.deployment, part: 'workers', objects: [machineDeployment(answers)] },
  ];
  const wanted = make.filter(({ part }) => wants(answers, part));
  if (known.clusterApi !== 'v1beta2') return wanted;
  return wanted.map((one) => ({ ...one, objects: one.objects.map(asV1beta2) }));
}

/** The text of a manifest. */
export function manifestText({ objects }: Manifest): string {
  return yamlOf(objects);
}

function registrationManifest(answers: Answers, known: Known): Manifest {
  const { file, part } = { file: FILES.registration, part: 'registration' as const };
  if (!wants(answers, part)) return { file, part, objects: [] };
  const image = baseImageOf(answers, known);
  if (image === undefined) {
    const missing = `the base image of the ISO is not known: answer iso.baseImage, or ask a cluster whose catalog has ${answers.kubernetesVersion}`;
    return { file, part, objects: [], missing };
  }
  return { file, part, objects: [machineRegistration(answers), seedImage(answers, image)] };
}

function poolsManifest(answers: Answers, { hosts = [] }: Known): Manifest {
  const names = namesOf(answers.cluster);
  const { file, part } = { file: FILES.pools, part: 'pools' as const };
  const nameless: string[] = [];
  const members = (list: readonly HostAnswer[]) =>
    list.map((answer) => {
      const { name } = resolveHost(answers.cluster, answer, hosts);
      if (name === undefined) nameless.push(hostText(answer));
      return { name: name ?? '', ...(answer.hostname === undefined ? {} : { hostname: answer.hostname }) };
    });
  const pool = (name: string, list: readonly HostAnswer[]): Raw => ({
    apiVersion: INFRA,
    kind: 'MachineInventoryPool',
    metadata: metadata(name),
    spec: { clusterName: answers.cluster, machineInventories: members(list) },
  });
  const objects = [
    ...(answers.controlPlane.hosts.length > 0 ? [pool(names.controlPlanePool, answers.controlPlane.hosts)] : []),
    ...(answers.workers.hosts.length > 0 ? [pool(names.workerPool, answers.workers.hosts)] : []),
  ];
  if (nameless.length > 0) {
    const missing = `no host that has registered is ${nameless.join(', ')}: a pool names its members exactly`;
    return { file, part, objects: [], missing };
  }
  const few = tooFew(answers);
  if (few !== undefined) return { file, part, objects: [], missing: few };
  return objects.length > 0
    ? { file, part, objects }
    : { file, part, objects, missing: 'no host is named for any pool' };
}

/** A pool that is made too small would be filled up later, and Machines would take its hosts meanwhile. */
function tooFew(answers: Answers): string | undefined {
  for (const role of ['controlPlane', 'workers'] as const) {
    const { hosts, replicas } = answers[role];
    if (wants(answers, role) && hosts.length < replicas)
      return `${role}.hosts names ${hosts.length} of ${replicas} hosts; "metaldeck create fill" names those that have registered`;
  }
  return undefined;
}
