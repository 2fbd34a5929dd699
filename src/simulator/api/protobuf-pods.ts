/**
 * Pods and their templates in protobuf: what kubectl sends of them, which with `create job --from` and `debug --copy-to` is
 * whatever the server has. Field numbers are those of k8s.io/api/core/v1/generated.proto.
 */

import {
  flag,
  ifSet,
  inner,
  intOrString,
  list,
  map,
  one,
  quantityText,
  type Reader,
  someNumber,
  whole,
} from './protobuf-message.ts';

/** A message whose parts called `''` stand in JSON beside its own fields. */
const flat =
  (reader: Reader): Reader =>
  (value) => {
    const { '': part, ...rest } = (reader(value) ?? {}) as Record<string, unknown>;
    return { ...rest, ...(part as object | undefined) };
  };

const keyOf = flat(inner({ 1: one('', inner({ 1: one('name') })), 2: one('key'), 3: one('optional', flag) }));
const objectOf = flat(inner({ 1: one('', inner({ 1: one('name') })), 2: one('optional', flag) }));
const fieldRef = inner({ 1: one('apiVersion'), 2: one('fieldPath') });
const resourceFieldRef = inner({ 1: one('containerName'), 2: one('resource'), 3: one('divisor', quantityText) });
const env = inner({
  1: one('name'),
  2: one('value'),
  3: one(
    'valueFrom',
    inner({
      1: one('fieldRef', fieldRef),
      2: one('resourceFieldRef', resourceFieldRef),
      3: one('configMapKeyRef', keyOf),
      4: one('secretKeyRef', keyOf),
    }),
  ),
});
const envFrom = inner({ 1: one('prefix'), 2: one('configMapRef', objectOf), 3: one('secretRef', objectOf) });
const httpGet = inner({
  1: one('path'),
  2: one('port', intOrString),
  3: one('host'),
  4: one('scheme'),
  5: list('httpHeaders', inner({ 1: one('name'), 2: one('value') })),
});
const handler = inner({
  1: one('exec', inner({ 1: list('command') })),
  2: one('httpGet', httpGet),
  3: one('tcpSocket', inner({ 1: one('port', intOrString), 2: one('host') })),
  4: one('grpc', inner({ 1: one('port', whole), 2: one('service') })),
});
const probe = flat(
  inner({
    1: one('', handler),
    2: one('initialDelaySeconds', someNumber),
    3: one('timeoutSeconds', someNumber),
    4: one('periodSeconds', someNumber),
    5: one('successThreshold', someNumber),
    6: one('failureThreshold', someNumber),
    7: one('terminationGracePeriodSeconds', whole),
  }),
);
const seccompProfile = inner({ 1: one('type'), 2: one('localhostProfile') });
const securityContext = inner({
  1: one('capabilities', inner({ 1: list('add'), 2: list('drop') })),
  2: one('privileged', flag),
  4: one('runAsUser', whole),
  5: one('runAsNonRoot', flag),
  6: one('readOnlyRootFilesystem', flag),
  7: one('allowPrivilegeEscalation', flag),
  8: one('runAsGroup', whole),
  11: one('seccompProfile', seccompProfile),
});
const container = inner({
  1: one('name'),
  2: one('image'),
  3: list('command'),
  4: list('args'),
  5: one('workingDir'),
  6: list(
    'ports',
    inner({
      1: one('name'),
      2: one('hostPort', someNumber),
      3: one('containerPort', whole),
      4: one('protocol'),
      5: one('hostIP'),
    }),
  ),
  7: list('env', env),
  8: one('resources', inner({ 1: map('limits', quantityText), 2: map('requests', quantityText) })),
  9: list(
    'volumeMounts',
    inner({
      1: one('name'),
      2: one('readOnly', ifSet),
      3: one('mountPath'),
      4: one('subPath'),
      5: one('mountPropagation'),
    }),
  ),
  10: one('livenessProbe', probe),
  11: one('readinessProbe', probe),
  12: one('lifecycle', inner({ 1: one('postStart', handler), 2: one('preStop', handler) })),
  13: one('terminationMessagePath'),
  14: one('imagePullPolicy'),
  15: one('securityContext', securityContext),
  16: one('stdin', ifSet),
  17: one('stdinOnce', ifSet),
  18: one('tty', ifSet),
  19: list('envFrom', envFrom),
  20: one('terminationMessagePolicy'),
  22: one('startupProbe', probe),
});
const items = list('items', inner({ 1: one('key'), 2: one('path'), 3: one('mode', whole) }));
const downward = inner({
  1: list(
    'items',
    inner({ 1: one('path'), 2: one('fieldRef', fieldRef), 3: one('resourceFieldRef', resourceFieldRef) }),
  ),
});
const named = flat(inner({ 1: one('', inner({ 1: one('name') })), 2: items, 4: one('optional', flag) }));
const projection = inner({
  1: one('secret', named),
  2: one('downwardAPI', downward),
  3: one('configMap', named),
  4: one('serviceAccountToken', inner({ 1: one('audience'), 2: one('expirationSeconds', whole), 3: one('path') })),
});
const volume = flat(
  inner({
    1: one('name'),
    2: one(
      '',
      inner({
        1: one('hostPath', inner({ 1: one('path'), 2: one('type') })),
        2: one('emptyDir', inner({ 1: one('medium'), 2: one('sizeLimit', quantityText) })),
        6: one(
          'secret',
          inner({ 1: one('secretName'), 2: items, 3: one('defaultMode', whole), 4: one('optional', flag) }),
        ),
        10: one('persistentVolumeClaim', inner({ 1: one('claimName'), 2: one('readOnly', ifSet) })),
        19: one(
          'configMap',
          flat(
            inner({
              1: one('', inner({ 1: one('name') })),
              2: items,
              3: one('defaultMode', whole),
              4: one('optional', flag),
            }),
          ),
        ),
        26: one('projected', inner({ 1: list('sources', projection), 2: one('defaultMode', whole) })),
      }),
    ),
  }),
);
const toleration = inner({
  1: one('key'),
  2: one('operator'),
  3: one('value'),
  4: one('effect'),
  5: one('tolerationSeconds', whole),
});

/** A PodSpec. Affinity and spread are not read: no command of kubectl's that speaks protobuf writes them. */
export const podSpec = inner({
  1: list('volumes', volume),
  2: list('containers', container),
  3: one('restartPolicy'),
  4: one('terminationGracePeriodSeconds', whole),
  5: one('activeDeadlineSeconds', whole),
  6: one('dnsPolicy'),
  7: map('nodeSelector'),
  8: one('serviceAccountName'),
  10: one('nodeName'),
  11: one('hostNetwork', ifSet),
  12: one('hostPID', ifSet),
  13: one('hostIPC', ifSet),
  14: one(
    'securityContext',
    inner({
      2: one('runAsUser', whole),
      3: one('runAsNonRoot', flag),
      5: one('fsGroup', whole),
      6: one('runAsGroup', whole),
      10: one('seccompProfile', seccompProfile),
    }),
  ),
  15: list('imagePullSecrets', inner({ 1: one('name') })),
  16: one('hostname'),
  17: one('subdomain'),
  19: one('schedulerName'),
  20: list('initContainers', container),
  21: one('automountServiceAccountToken', flag),
  22: list('tolerations', toleration),
  24: one('priorityClassName'),
  25: one('priority', whole),
  27: one('shareProcessNamespace', flag),
  29: one('runtimeClassName'),
  30: one('enableServiceLinks', flag),
  31: one('preemptionPolicy'),
});

/** A PodTemplateSpec. */
export const template = inner({
  1: one('metadata', inner({ 11: map('labels'), 12: map('annotations') })),
  2: one('spec', podSpec),
});
