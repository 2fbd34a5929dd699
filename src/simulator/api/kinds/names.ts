/** Naming rules of Kubernetes, as the API server words them: k8s.io/apimachinery/pkg/util/validation. */

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
export const DNS_LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
export const LABEL_KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
export const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export const DNS_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end " +
  "with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

export const isSubdomain = (name: string): boolean => name.length <= 253 && DNS_SUBDOMAIN.test(name);

export const isDnsLabel = (name: string): boolean => name.length <= 63 && DNS_LABEL.test(name);

const TOO_LONG = 'must be no more than 63 bytes';

/** What is wrong with a label or annotation key: an optional domain, a slash, and a name of up to 63 characters. */
export function keyFaults(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [
      `a qualified name ${LABEL_KEY_RULE.slice(10)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix && !isSubdomain(prefix) ? [`prefix part ${SUBDOMAIN_RULE}`] : []),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(name.length > 63 ? [`name part ${TOO_LONG}`] : []),
    ...(QUALIFIED_PART.test(name) ? [] : [LABEL_KEY_RULE]),
  ];
}

/** What is wrong with the value of a label. */
export const labelFaults = (value: string): string[] => [
  ...(value.length > 63 ? [TOO_LONG] : []),
  ...(value === '' || QUALIFIED_PART.test(value) ? [] : [LABEL_VALUE_RULE]),
];

export const isLabelKey = (key: string): boolean => keyFaults(key).length === 0;

export const isLabelValue = (value: string): boolean => labelFaults(value).length === 0;
