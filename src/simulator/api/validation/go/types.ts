/**
 * How the server's own structs look, where a refusal prints them: their fields in the order in which Go has them, as
 * k8s.io/kubernetes/pkg/apis and k8s.io/apimachinery declare them. One line a type, `Field:type`; of a field without a type
 * the type is a string, `+` is a struct whose fields stand among those of the one around it, and `i32`, `i64` and `b` are
 * numbers and flags, `ios` a number or a text, `q` a quantity. A longer line goes on two spaces in.
 */
const TEXT = `
core.PodTemplateSpec = ObjectMeta:v1.ObjectMeta Spec:core.PodSpec
v1.ObjectMeta = Name GenerateName Namespace SelfLink UID ResourceVersion Generation:i64 CreationTimestamp:v1.Time
  DeletionTimestamp:*v1.Time DeletionGracePeriodSeconds:*i64 Labels:map[string]string Annotations:map[string]string
  OwnerReferences:[]v1.OwnerReference Finalizers:[]string ManagedFields:[]v1.ManagedFieldsEntry
core.PodSpec = Volumes:[]core.Volume InitContainers:[]core.Container Containers:[]core.Container
  EphemeralContainers:[]core.EphemeralContainer RestartPolicy TerminationGracePeriodSeconds:*i64
  ActiveDeadlineSeconds:*i64 DNSPolicy NodeSelector:map[string]string ServiceAccountName
  AutomountServiceAccountToken:*b NodeName SecurityContext:*core.PodSecurityContext
  ImagePullSecrets:[]core.LocalObjectReference Hostname Subdomain SetHostnameAsFQDN:*b Affinity:*core.Affinity
  SchedulerName Tolerations:[]core.Toleration HostAliases:[]core.HostAlias PriorityClassName Priority:*i32
  PreemptionPolicy:*core.PreemptionPolicy DNSConfig:*core.PodDNSConfig ReadinessGates:[]core.PodReadinessGate
  RuntimeClassName:*string Overhead:core.ResourceList EnableServiceLinks:*b
  TopologySpreadConstraints:[]core.TopologySpreadConstraint OS:*core.PodOS SchedulingGates:[]core.PodSchedulingGate
  ResourceClaims:[]core.PodResourceClaim Resources:*core.ResourceRequirements
core.Container = Name Image Command:[]string Args:[]string WorkingDir Ports:[]core.ContainerPort
  EnvFrom:[]core.EnvFromSource Env:[]core.EnvVar Resources:core.ResourceRequirements
  ResizePolicy:[]core.ContainerResizePolicy RestartPolicy:*core.ContainerRestartPolicy VolumeMounts:[]core.VolumeMount
  VolumeDevices:[]core.VolumeDevice LivenessProbe:*core.Probe ReadinessProbe:*core.Probe StartupProbe:*core.Probe
  Lifecycle:*core.Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy
  SecurityContext:*core.SecurityContext Stdin:b StdinOnce:b TTY:b
core.ContainerPort = Name HostPort:i32 ContainerPort:i32 Protocol HostIP
core.EnvFromSource = Prefix ConfigMapRef:*core.ConfigMapEnvSource SecretRef:*core.SecretEnvSource
core.ConfigMapEnvSource = LocalObjectReference:+core.LocalObjectReference Optional:*b
core.SecretEnvSource = LocalObjectReference:+core.LocalObjectReference Optional:*b
core.EnvVar = Name Value ValueFrom:*core.EnvVarSource
core.EnvVarSource = FieldRef:*core.ObjectFieldSelector ResourceFieldRef:*core.ResourceFieldSelector
  ConfigMapKeyRef:*core.ConfigMapKeySelector SecretKeyRef:*core.SecretKeySelector
core.ObjectFieldSelector = APIVersion FieldPath
core.ResourceFieldSelector = ContainerName Resource Divisor:q
core.ConfigMapKeySelector = LocalObjectReference:+core.LocalObjectReference Key Optional:*b
core.SecretKeySelector = LocalObjectReference:+core.LocalObjectReference Key Optional:*b
core.LocalObjectReference = Name
core.ResourceRequirements = Limits:core.ResourceList Requests:core.ResourceList Claims:[]core.ResourceClaim
core.ContainerResizePolicy = ResourceName RestartPolicy
core.VolumeMount = Name ReadOnly:b RecursiveReadOnly:*string MountPath SubPath MountPropagation:*string SubPathExpr
core.VolumeDevice = Name DevicePath
core.Probe = ProbeHandler:+core.ProbeHandler InitialDelaySeconds:i32 TimeoutSeconds:i32 PeriodSeconds:i32
  SuccessThreshold:i32 FailureThreshold:i32 TerminationGracePeriodSeconds:*i64
core.ProbeHandler = Exec:*core.ExecAction HTTPGet:*core.HTTPGetAction TCPSocket:*core.TCPSocketAction
  GRPC:*core.GRPCAction
core.ExecAction = Command:[]string
core.HTTPGetAction = Path Port:ios Host Scheme HTTPHeaders:[]core.HTTPHeader
core.HTTPHeader = Name Value
core.TCPSocketAction = Port:ios Host
core.GRPCAction = Port:i32 Service:*string
core.Lifecycle = PostStart:*core.LifecycleHandler PreStop:*core.LifecycleHandler
core.LifecycleHandler = Exec:*core.ExecAction HTTPGet:*core.HTTPGetAction TCPSocket:*core.TCPSocketAction
  Sleep:*core.SleepAction
core.SleepAction = Seconds:i64
core.SecurityContext = Capabilities:*core.Capabilities Privileged:*b SELinuxOptions:*core.SELinuxOptions
  WindowsOptions:*core.WindowsSecurityContextOptions RunAsUser:*i64 RunAsGroup:*i64 RunAsNonRoot:*b
  ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:*string SeccompProfile:*core.SeccompProfile
  AppArmorProfile:*core.AppArmorProfile
core.Capabilities = Add:[]core.Capability Drop:[]core.Capability
core.SELinuxOptions = User Role Type Level
core.SeccompProfile = Type LocalhostProfile:*string
core.AppArmorProfile = Type LocalhostProfile:*string
core.PodSecurityContext = HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:*b HostUsers:*b
  SELinuxOptions:*core.SELinuxOptions WindowsOptions:*core.WindowsSecurityContextOptions RunAsUser:*i64
  RunAsGroup:*i64 RunAsNonRoot:*b SupplementalGroups:[]int64 SupplementalGroupsPolicy:*string FSGroup:*i64
  FSGroupChangePolicy:*string Sysctls:[]core.Sysctl SeccompProfile:*core.SeccompProfile
  AppArmorProfile:*core.AppArmorProfile
core.Sysctl = Name Value
core.Affinity = NodeAffinity:*core.NodeAffinity PodAffinity:*core.PodAffinity PodAntiAffinity:*core.PodAntiAffinity
core.NodeAffinity = RequiredDuringSchedulingIgnoredDuringExecution:*core.NodeSelector
  PreferredDuringSchedulingIgnoredDuringExecution:[]core.PreferredSchedulingTerm
core.NodeSelector = NodeSelectorTerms:[]core.NodeSelectorTerm
core.NodeSelectorTerm = MatchExpressions:[]core.NodeSelectorRequirement MatchFields:[]core.NodeSelectorRequirement
core.NodeSelectorRequirement = Key Operator Values:[]string
core.PreferredSchedulingTerm = Weight:i32 Preference:core.NodeSelectorTerm
core.PodAffinity = RequiredDuringSchedulingIgnoredDuringExecution:[]core.PodAffinityTerm
  PreferredDuringSchedulingIgnoredDuringExecution:[]core.WeightedPodAffinityTerm
core.PodAntiAffinity = RequiredDuringSchedulingIgnoredDuringExecution:[]core.PodAffinityTerm
  PreferredDuringSchedulingIgnoredDuringExecution:[]core.WeightedPodAffinityTerm
core.WeightedPodAffinityTerm = Weight:i32 PodAffinityTerm:core.PodAffinityTerm
core.PodAffinityTerm = LabelSelector:*v1.LabelSelector Namespaces:[]string TopologyKey
  NamespaceSelector:*v1.LabelSelector MatchLabelKeys:[]string MismatchLabelKeys:[]string
core.Toleration = Key Operator Value Effect TolerationSeconds:*i64
core.HostAlias = IP Hostnames:[]string
core.PodDNSConfig = Nameservers:[]string Searches:[]string Options:[]core.PodDNSConfigOption
core.PodDNSConfigOption = Name Value:*string
core.PodReadinessGate = ConditionType
core.TopologySpreadConstraint = MaxSkew:i32 TopologyKey WhenUnsatisfiable LabelSelector:*v1.LabelSelector
  MinDomains:*i32 NodeAffinityPolicy:*string NodeTaintsPolicy:*string MatchLabelKeys:[]string
core.PodOS = Name
core.PodSchedulingGate = Name
core.Volume = Name VolumeSource:+core.VolumeSource
core.VolumeSource = HostPath:*core.HostPathVolumeSource EmptyDir:*core.EmptyDirVolumeSource
  Secret:*core.SecretVolumeSource NFS:*core.NFSVolumeSource ISCSI:*core.ISCSIVolumeSource
  PersistentVolumeClaim:*core.PersistentVolumeClaimVolumeSource DownwardAPI:*core.DownwardAPIVolumeSource
  ConfigMap:*core.ConfigMapVolumeSource Projected:*core.ProjectedVolumeSource CSI:*core.CSIVolumeSource
core.HostPathVolumeSource = Path Type:*core.HostPathType
core.EmptyDirVolumeSource = Medium SizeLimit:*q
core.SecretVolumeSource = SecretName Items:[]core.KeyToPath DefaultMode:*i32 Optional:*b
core.NFSVolumeSource = Server Path ReadOnly:b
core.PersistentVolumeClaimVolumeSource = ClaimName ReadOnly:b
core.DownwardAPIVolumeSource = Items:[]core.DownwardAPIVolumeFile DefaultMode:*i32
core.DownwardAPIProjection = Items:[]core.DownwardAPIVolumeFile
core.DownwardAPIVolumeFile = Path FieldRef:*core.ObjectFieldSelector ResourceFieldRef:*core.ResourceFieldSelector
  Mode:*i32
core.ConfigMapVolumeSource = LocalObjectReference:+core.LocalObjectReference Items:[]core.KeyToPath DefaultMode:*i32
  Optional:*b
core.KeyToPath = Key Path Mode:*i32
core.ProjectedVolumeSource = Sources:[]core.VolumeProjection DefaultMode:*i32
core.VolumeProjection = Secret:*core.SecretProjection DownwardAPI:*core.DownwardAPIProjection
  ConfigMap:*core.ConfigMapProjection ServiceAccountToken:*core.ServiceAccountTokenProjection
core.SecretProjection = LocalObjectReference:+core.LocalObjectReference Items:[]core.KeyToPath Optional:*b
core.ConfigMapProjection = LocalObjectReference:+core.LocalObjectReference Items:[]core.KeyToPath Optional:*b
core.ServiceAccountTokenProjection = Audience ExpirationSeconds:i64 Path
core.CSIVolumeSource = Driver ReadOnly:*b FSType:*string VolumeAttributes:map[string]string
  NodePublishSecretRef:*core.LocalObjectReference
core.PersistentVolumeClaimSpec = AccessModes:[]core.PersistentVolumeAccessMode Selector:*v1.LabelSelector
  Resources:core.VolumeResourceRequirements VolumeName StorageClassName:*string VolumeMode:*string
  DataSource:*core.TypedLocalObjectReference DataSourceRef:*core.TypedObjectReference
  VolumeAttributesClassName:*string
core.VolumeResourceRequirements = Limits:core.ResourceList Requests:core.ResourceList
core.ServicePort = Name Protocol AppProtocol:*string Port:i32 TargetPort:ios NodePort:i32
apps.DeploymentStrategy = Type RollingUpdate:*apps.RollingUpdateDeployment
apps.RollingUpdateDeployment = MaxUnavailable:ios MaxSurge:ios
apps.StatefulSetUpdateStrategy = Type RollingUpdate:*apps.RollingUpdateStatefulSetStrategy
apps.RollingUpdateStatefulSetStrategy = Partition:i32 MaxUnavailable:*ios
apps.DaemonSetUpdateStrategy = Type RollingUpdate:*apps.RollingUpdateDaemonSet
apps.RollingUpdateDaemonSet = MaxUnavailable:ios MaxSurge:ios
policy.PodDisruptionBudgetSpec = MinAvailable:*ios Selector:*v1.LabelSelector MaxUnavailable:*ios
  UnhealthyPodEvictionPolicy:*string
rbac.RoleRef = APIGroup Kind Name
v1.LabelSelector = MatchLabels:map[string]string MatchExpressions:[]v1.LabelSelectorRequirement
v1.LabelSelectorRequirement = Key Operator Values:[]string
`;

/** A field of a struct: its name in Go, how JSON names it, its type, and whether it stands among those around it. */
export interface GoField {
  name: string;
  json: string;
  type: string;
  inline: boolean;
}

const structs = new Map<string, GoField[]>();

/** The fields of a struct; undefined for what is none, or of which nothing is known. */
export function fieldsOfStruct(type: string): readonly GoField[] | undefined {
  if (structs.size === 0) {
    for (const line of TEXT.trim().replaceAll('\n  ', ' ').split('\n')) {
      const [name = '', fields = ''] = line.split(' = ');
      structs.set(name, fields.split(' ').map(fieldOf));
    }
  }
  return structs.get(type);
}

function fieldOf(text: string): GoField {
  const [name = '', given = 'string'] = text.split(/:(.*)/s);
  const inline = given.startsWith('+');
  return { name, json: jsonName(name), type: inline ? given.slice(1) : given, inline };
}

/** `APIVersion` is `apiVersion`, `TTY` is `tty`, `HostIP` is `hostIP`. */
const jsonName = (name: string): string =>
  name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (first) => first.toLowerCase());

/** `i32` is `int32`: how Go itself calls a type. */
export const goName = (type: string): string =>
  NAMES[type] ?? (type.startsWith('*') ? `*${goName(type.slice(1))}` : type);

const NAMES: Readonly<Record<string, string>> = {
  ...{ i32: 'int32', i64: 'int64', b: 'bool', ios: 'intstr.IntOrString', q: 'resource.Quantity' },
};
