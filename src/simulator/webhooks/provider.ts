/**
 * What the bare-metal provider documents as immutable. Its webhooks are not public: their names and words are the
 * simulator's.
 */

import { equal } from '../controllers/json.ts';
import { kinds } from '../controllers/kinds.ts';
import type { BaremetalCluster, BaremetalMachine, BaremetalMachineTemplate } from '../controllers/shapes/provider.ts';
import type { Rules } from './hook.ts';

const group = 'sim.infrastructure.cluster.x-k8s.io';

export const machineTemplateRules: Rules<BaremetalMachineTemplate> = {
  kind: kinds.BaremetalMachineTemplate,
  name: `baremetalmachinetemplate.${group}`,
  check(template, old, say) {
    const same = !old || equal(template.spec?.template?.spec, old.spec?.template?.spec);
    const why = 'BaremetalMachineTemplate spec.template.spec field is immutable. Please create a new resource instead.';
    return same ? [] : [say.forbidden('spec.template.spec', why)];
  },
};

export const baremetalMachineRules: Rules<BaremetalMachine> = {
  kind: kinds.BaremetalMachine,
  name: `baremetalmachine.${group}`,
  check(machine, old, say) {
    const before = old?.spec?.machineInventoryPoolRef;
    const same = !before || equal(before, machine.spec?.machineInventoryPoolRef);
    return same ? [] : [say.forbidden('spec.machineInventoryPoolRef', 'field is immutable')];
  },
};

export const baremetalClusterRules: Rules<BaremetalCluster> = {
  kind: kinds.BaremetalCluster,
  name: `baremetalcluster.${group}`,
  check(cluster, old, say) {
    const before = old?.spec?.controlPlaneEndpoint;
    const same = !before?.host || equal(before, cluster.spec?.controlPlaneEndpoint);
    return same ? [] : [say.forbidden('spec.controlPlaneEndpoint', 'field is immutable once set')];
  },
};
