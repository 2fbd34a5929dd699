/** The webhooks of KubeadmConfigs and their templates. Source: Cluster API 1.10, webhooks of the kubeadm bootstrap provider. */

import type { Cause } from '../api/errors.ts';
import { defaultBootstrap, defaultTemplate } from '../controllers/capi/defaults.ts';
import { type ClusterApiVersion, kinds } from '../controllers/kinds.ts';
import type { KubeadmConfig, KubeadmConfigSpec, KubeadmConfigTemplate } from '../controllers/shapes/capi.ts';
import type { Rules, Say } from './hook.ts';
import { templateMetadata } from './references.ts';

type File = NonNullable<KubeadmConfigSpec['files']>[number] & {
  contentFrom?: { secret?: { name?: string; key?: string } };
};

/** Of KubeadmConfigs v1beta2 fills in nothing. */
export const kubeadmConfigRules = (clusterApi: ClusterApiVersion): Rules<KubeadmConfig> => ({
  kind: kinds.KubeadmConfig,
  name: 'kubeadmconfig.bootstrap.cluster.x-k8s.io',
  ...(clusterApi === 'v1beta1'
    ? {
        defaults: ({ spec }) => {
          if (spec) defaultBootstrap(spec);
        },
      }
    : {}),
  check: (config, _old, say) => problems(config.spec, 'spec', say),
});

export const kubeadmConfigTemplateRules: Rules<KubeadmConfigTemplate> = {
  kind: kinds.KubeadmConfigTemplate,
  name: 'kubeadmconfigtemplate.bootstrap.cluster.x-k8s.io',
  defaults({ spec }, _old, clusterApi) {
    if (clusterApi === 'v1beta1' && spec?.template) defaultTemplate(spec.template);
  },
  check: ({ spec }, _old, say) => [
    ...problems(spec?.template?.spec, 'spec.template.spec', say),
    ...templateMetadata(spec?.template?.metadata, 'spec.template.metadata'),
  ],
};

function problems(spec: KubeadmConfigSpec | undefined, at: string, say: Say): Cause[] {
  const causes: Cause[] = [];
  const known = new Set<string>();
  (spec?.files ?? []).forEach((file: File, index) => {
    const field = `${at}.files[${index}]`;
    if (file.content && file.contentFrom) {
      causes.push(say.invalid(field, file, 'cannot specify both content and contentFrom'));
    }
    if (file.contentFrom && !file.contentFrom.secret?.name) {
      const why = 'secret file source must specify non-empty secret name';
      causes.push(say.required(`${field}.contentFrom.secret.name`, why));
    }
    if (file.contentFrom && !file.contentFrom.secret?.key) {
      const why = 'secret file source must specify non-empty secret key';
      causes.push(say.required(`${field}.contentFrom.secret.key`, why));
    }
    const { path = '' } = file;
    if (known.has(path)) {
      causes.push(say.invalid(`${at}.files[${index}].path`, path, 'path property must be unique among all files'));
    }
    known.add(path);
  });
  return causes;
}
