/** Whom a Pod runs as, and by what: k8s.io/kubernetes/plugin/pkg/admission/{serviceaccount,runtimeclass}. */

import { isMirror } from '../../controllers/mirror.ts';
import type { Plugin } from '../core.ts';
import { fieldsOf } from '../validation/tools.ts';
import { find, isNewPod, refuse } from './find.ts';

/** A Pod has an account that is there, and what that lets it pull images with. */
export const accounts: Plugin = {
  admit: (review, core) => {
    if (!isNewPod(review) || isMirror(review.object)) return undefined;
    const { object } = review;
    const { spec = {} } = object;
    const { namespace = '' } = object.metadata;
    const name = String(spec['serviceAccountName'] || spec['serviceAccount'] || 'default');
    const account = find(core, ['serviceaccounts'], name, namespace);
    if (account === undefined) {
      throw refuse(review, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
    }
    const pulls = account['imagePullSecrets'];
    const given = spec['imagePullSecrets'];
    if (!Array.isArray(pulls) || (Array.isArray(given) && given.length > 0)) return undefined;
    return { ...object, spec: { ...spec, imagePullSecrets: pulls } };
  },
};

/** A Pod is run by a class that is there, and takes what that costs. */
export const runtimes: Plugin = {
  admit: (review, core) => {
    const name = review.object.spec?.['runtimeClassName'];
    if (!isNewPod(review) || typeof name !== 'string') return undefined;
    const runtime = find(core, ['runtimeclasses', 'node.k8s.io'], name);
    if (runtime === undefined) throw refuse(review, `pod rejected: RuntimeClass "${name}" not found`);
    const { spec = {} } = review.object;
    const { podFixed } = fieldsOf(runtime['overhead']);
    const selector = fieldsOf(fieldsOf(runtime['scheduling'])['nodeSelector']);
    const nodes = { ...fieldsOf(spec['nodeSelector']), ...selector };
    return {
      ...review.object,
      spec: {
        ...spec,
        ...(podFixed ? { overhead: podFixed } : {}),
        ...(Object.keys(nodes).length > 0 ? { nodeSelector: nodes } : {}),
      },
    };
  },
};
