import { findCondition } from '../../conditions.ts';
import { providerRelease, releaseLacks } from '../../workload.ts';
import { releaseText } from '../../workload-text.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { AppReleaseFacts } from '../facts.ts';
import { refTo } from '../lookup.ts';
import { kubectl } from '../steps.ts';
import type { Failure } from '../types.ts';

const FAILED = /Failed|NotReady/;

/** The provider itself is rolled out by the platform: where that fails, hosts are served by an older one, or by none. */
export const providerFailed: Failure<AppReleaseFacts> = {
  id: 'provider-release-failed',
  mode: 'F16',
  test({ fleet, row }) {
    if (providerRelease(fleet.appReleases.list)?.uid !== row.uid || !FAILED.test(row.phase ?? '')) return undefined;
    const since = ['Sync', 'Health'].map((type) => findCondition(row.conditions, type)?.since).find((at) => at);
    return { severity: 'bad', text: `the release of the bare-metal provider is ${row.phase}`, since };
  },
  tell({ row }) {
    const lacks = releaseLacks(row);
    return {
      what: `The platform's release ${row.name} of the bare-metal provider is ${row.phase}: what serves the hosts is not what is wanted, and no upgrade may begin.`,
      evidence: [
        fieldOf(refTo(row), 'release', `${releaseText(row)}${lacks === undefined ? '' : `: ${lacks}`}`),
        ...['Sync', 'Health'].map((type) => conditionOf(refTo(row), findCondition(row.conditions, type))),
      ],
      causes: [
        'the chart cannot be downloaded or applied: the registry, a webhook, values that do not fit',
        'the Pods of the provider do not become ready',
      ],
      next: [
        {
          text: 'read its conditions Sync and Health, targetRevision and installedRevision',
          command: kubectl(row.namespace, 'get', 'apprelease', row.name, '-o', 'yaml'),
        },
        {
          text: 'see whether the provider runs',
          command: kubectl(row.namespace, 'get', 'pods'),
        },
        { text: 'touch no control plane until it is Success' },
      ],
    };
  },
};
