/** What a detail screen says of the kinds without a row of their own. */
import type { DomainObject } from '../../src/domain/objects.ts';
import { type DetailLine, field, section } from './line.ts';
import { endpointText, replicaLines } from './shared.ts';

export function otherLines(object: DomainObject): DetailLine[] {
  switch (object.kind) {
    case 'baremetalMachineTemplate':
      return field('pool', object.pool);
    case 'baremetalCluster':
      return [
        ...field('ready', object.ready ?? 'not reported'),
        ...field('endpoint', endpointText(object.endpoint)),
        ...field('network', object.networkType),
      ];
    case 'registration':
      return [...field('url', object.url), ...field('names hosts', object.machineName)];
    case 'seedImage':
      return [
        ...field('download', object.downloadUrl),
        ...field('checksum', object.checksumUrl),
        ...field('base image', object.baseImage),
        ...field('registration', object.registration),
        ...field('platform', object.targetPlatform),
        ...field('size', object.size),
        ...field(
          'cleaned up after',
          object.cleanupAfterMinutes === undefined ? undefined : `${object.cleanupAfterMinutes} minutes`,
        ),
        ...field('reported state', object.reportedState),
      ];
    case 'machineSet':
      return [
        ...field('group', object.deployment),
        ...field('revision', object.revision),
        ...field('version', object.version),
        ...field('template', object.infraTemplate?.name),
        ...field('bootstrap', object.bootstrapTemplate?.name),
        ...section('REPLICAS', replicaLines(object.replicas)),
      ];
    case 'healthCheck':
      return [
        ...field('cluster', object.clusterName),
        ...field('expected', object.expectedMachines),
        ...field('healthy', object.currentHealthy),
        ...field('remediations allowed', object.remediationsAllowed),
        ...field('most unhealthy', object.maxUnhealthy ?? object.unhealthyRange),
      ];
    case 'catalog':
      return section(
        'IMAGES',
        Object.entries(object.images).map(([version, image]) => ({ id: version, label: version, text: image })),
      );
    case 'appRelease':
      return [
        ...field('phase', object.phase),
        ...section(
          'CHARTS',
          object.charts.flatMap(({ name, targetRevision, installedRevision }, index) => [
            { id: `${index}/name`, label: 'chart', text: name ?? '?' },
            { id: `${index}/wanted`, label: 'wanted', text: targetRevision ?? '?' },
            { id: `${index}/installed`, label: 'installed', text: installedRevision ?? '?' },
          ]),
        ),
      ];
    case 'event':
      return [
        ...field('type', object.type),
        ...field('reason', object.reason),
        ...field('message', object.message),
        ...field('about', object.about && `${object.about.apiKind} ${object.about.name}`),
        ...field('seen', object.occurrences === 1 ? 'once' : `${object.occurrences} times`, { since: object.lastSeen }),
        ...field('source', object.source),
      ];
    default:
      return [];
  }
}
