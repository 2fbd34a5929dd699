/** The API of the management cluster, and the cluster that keeps itself in it. */

import { randomUUID } from 'node:crypto';
import { kubernetesAdmission } from './api/admission/index.ts';
import { type Api, type ApiOptions, createApi } from './api/api.ts';
import { Passage } from './api/storage/busy.ts';
import type { Clock } from './controllers/clock.ts';
import type { Faults } from './controllers/faults.ts';
import type { ClusterApiVersion } from './controllers/kinds.ts';
import type { Runtime } from './controllers/runtime.ts';
import { furtherWebhooks } from './webhooks/further.ts';
import { webhooks } from './webhooks/index.ts';
import { attaching } from './workload/kube-ovn/network.ts';
import { LogFiles } from './workload/logs/files.ts';
import { componentLogs } from './workload/logs.ts';
import { podAdmission } from './workload/pod-admission.ts';
import { tokenController } from './world/management/account-tokens.ts';
import {
  fixedDefinitions,
  ManagementCluster,
  managementAddress,
  managementBeginning,
  managementNetworks,
  managementResources,
  managementVersion,
} from './world/management/index.ts';
import { scheduler } from './world/management/scheduler.ts';
import { tellOfLeader } from './world/management/seeded.ts';
import { called } from './world/management/webhook-calls.ts';
import type { ManagementWork } from './world/management/work.ts';
import { lastWritten, ownershipOf } from './world/ownership.ts';
import type { World } from './world/seed.ts';

/** How long, in ms, the management cluster has been there: longer than anything in it. */
const platformAge = 214 * 86_400_000 + 5_130_000;
/** What was written to it meanwhile. */
const firstRevision = 48_210_337;

export interface ManagementPlace {
  world: Pick<World, 'writes'>;
  seed: string;
  clock: Clock;
  faults: Faults;
  clusterApi: ClusterApiVersion;
  /** How long, in ms of the wall's clock, a Namespace that is going is left alone. */
  namespaceGrace: number;
  /** What the API is to do otherwise. */
  api?: Omit<ApiOptions, 'now'> | undefined;
  /** Who comes later, and is not asked before: the controllers, Kubernetes' own, and the authority of the server in PEM. */
  runtime: () => Runtime;
  work: () => Pick<ManagementWork, 'endsPods'>;
  ca: () => string | undefined;
}

/** Makes that API and puts its cluster into it; `since`: when the cluster began, Unix time in ms. */
export function openManagement(place: ManagementPlace): { api: Api; management: ManagementCluster; since: number } {
  const { world, seed, clock, clusterApi, namespaceGrace } = place;
  const now = () => clock.now();
  const since = now() - platformAge;
  const resources = managementResources(clusterApi);
  const network = attaching(() => managementNetworks);
  const tokens = tokenController(() => ({ seed, api, ca: place.ca() }));
  const asked = webhooks(clusterApi, place.faults);
  const callers = {
    resources,
    answers: (owner: string) => management.answers(owner),
    addressOf: (service: string) => management.addressOf(service),
  };
  const admission = [
    ...called([...asked, ...furtherWebhooks(asked)], callers),
    ...[podAdmission, fixedDefinitions(resources), scheduler, network, tokens],
    ...(place.api?.admission ?? []),
  ];
  const passage = new Passage(seed, firstRevision / platformAge, now());
  const beginning = managementBeginning(since);
  const files = new LogFiles();
  const api = createApi({
    namespaces: ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'cpaas-system'],
    namespacesSince: since,
    revision: firstRevision,
    resources,
    gitVersion: managementVersion,
    beforeRead: (plural) => {
      api.pass(passage.count(now()));
      management.refresh(plural);
    },
    onWatch: (plural) => management.watched(plural),
    plugins: kubernetesAdmission,
    authorize: 'rbac',
    logs: (question) =>
      componentLogs(question, undefined, place.runtime().journal, files, (lease) => management.terms(lease)),
    address: () => `${managementAddress}:6443`,
    endsPods: (pod) => place.work().endsPods(pod),
    namespaceGrace: () => namespaceGrace,
    ownership: ownershipOf(world.writes),
    past: {
      since,
      written: (object) => lastWritten(object, world.writes),
      revision: (object, at, now, settled) => beginning.revision(object, at, now, settled),
    },
    ...place.api,
    ...{ clusterApi, admission, now, newUid: place.api?.newUid ?? randomUUID },
  });
  const management: ManagementCluster = new ManagementCluster({
    ...{ api, seed, now, since, admission, writes: world.writes },
    after: (ms, run) => clock.after(ms, run),
    onWork: ({ name, lease }, works, leader) => {
      place.runtime().run(name, works);
      if (works && leader) void tellOfLeader(place.runtime(), api, lease, leader);
    },
  });
  return { api, management, since };
}
