/** The provider itself: nothing of an upgrade works with one that is being rolled out, or too old (domain §5). */
import { compareVersions, versionOf } from '../../../domain/forecast/versions.ts';
import { PROVIDER_CHART, providerRelease, releaseLacks } from '../../../domain/workload.ts';
import { not, objectSays, open, type Rule } from './gate.ts';

const NAME = 'provider-release';
const TITLE = 'release of the bare-metal provider';
const LEAST = 'v0.0.1';

export const providerSettled: Rule = ({ known: { fleet, freshness } }) => {
  const fresh = freshness.appRelease;
  const command = 'kubectl get appreleases.operator.alauda.io -A';
  if (fresh?.phase !== 'live' || !fresh.synced) {
    return [
      not(
        'unknown',
        NAME,
        TITLE,
        `AppReleases of the management cluster: ${fresh?.error ?? fresh?.phase ?? 'not watched'}`,
        {
          text: `look whether the AppRelease of ${PROVIDER_CHART} is Success on ${LEAST} or newer, and say so`,
          command,
        },
        { asks: `that the release of ${PROVIDER_CHART} is Success, on which revision` },
      ),
    ];
  }
  const release = providerRelease(fleet.appReleases.list);
  if (!release) {
    return [
      not(
        'unknown',
        NAME,
        TITLE,
        `no AppRelease in this namespace has the chart ${PROVIDER_CHART}`,
        { text: 'find where it is installed from, and say how it stands', command },
        { asks: `that the release of ${PROVIDER_CHART} is Success, on which revision` },
      ),
    ];
  }
  const revision = release.charts.find(({ name }) => name?.endsWith(PROVIDER_CHART))?.installedRevision;
  const lacks = releaseLacks(release);
  if (lacks !== undefined) {
    const remedy = { text: 'wait until it is Success; if it does not come, look at its conditions', command };
    return [not('block', NAME, TITLE, lacks, remedy, { evidence: [objectSays(release, lacks)] })];
  }
  const [own, least] = [versionOf(revision), versionOf(LEAST)];
  if (!own || !least || compareVersions(own, least) < 0) {
    const figure = `${revision ?? 'no revision'} is installed, ${LEAST} or newer is needed`;
    const remedy = { text: 'upgrade the provider first', command };
    return [not('block', NAME, TITLE, figure, remedy, { evidence: [objectSays(release, figure)] })];
  }
  return [open(NAME, TITLE, `Success on ${revision}`)];
};
