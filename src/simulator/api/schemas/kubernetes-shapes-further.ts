/** The same as kubernetes-shapes.ts for kinds that are looked at less often. Names that two groups have begin with their group. */
export const FURTHER_TYPES = `
APIService = spec:APIServiceSpec status:APIServiceStatus
APIServiceCondition = lastTransitionTime:t message reason status! type!
APIServiceSpec = caBundle group groupPriorityMinimum!:i insecureSkipTLSVerify:b service:ApisServiceReference
  version versionPriority!:i
APIServiceStatus = conditions:APIServiceCondition[]
AWSElasticBlockStoreVolumeSource = fsType partition:i readOnly:b volumeID!
ApisServiceReference = name namespace port:i
AutoscalerCrossVersionObjectReference = apiVersion kind! name!
AutoscalerHorizontalPodAutoscaler = spec:AutoscalerHorizontalPodAutoscalerSpec
  status:AutoscalerHorizontalPodAutoscalerStatus
AutoscalerHorizontalPodAutoscalerSpec = maxReplicas!:i minReplicas:i
  scaleTargetRef!:AutoscalerCrossVersionObjectReference targetCPUUtilizationPercentage:i
AutoscalerHorizontalPodAutoscalerStatus = currentCPUUtilizationPercentage:i currentReplicas!:i desiredReplicas!:i
  lastScaleTime:t observedGeneration:l
AzureDiskVolumeSource = cachingMode diskName! diskURI! fsType kind readOnly:b
AzureFilePersistentVolumeSource = readOnly:b secretName! secretNamespace shareName!
CSIDriver = spec!:CSIDriverSpec
CSIDriverSpec = attachRequired:b fsGroupPolicy podInfoOnMount:b requiresRepublish:b seLinuxMount:b
  storageCapacity:b tokenRequests:TokenRequestAudience[] volumeLifecycleModes:s[]
CSINode = spec!:CSINodeSpec
CSINodeDriver = allocatable:VolumeNodeResources name! nodeID! topologyKeys:s[]
CSINodeSpec = drivers!:CSINodeDriver[]
CSIPersistentVolumeSource = controllerExpandSecretRef:SecretReference controllerPublishSecretRef:SecretReference
  driver! fsType nodePublishSecretRef:SecretReference nodeStageSecretRef:SecretReference readOnly:b
  volumeAttributes:m volumeHandle!
CephFSPersistentVolumeSource = monitors!:s[] path readOnly:b secretFile secretRef:SecretReference user
CertificateSigningRequest = spec!:CertificateSigningRequestSpec status:CertificateSigningRequestStatus
CertificateSigningRequestCondition = lastTransitionTime:t lastUpdateTime:t message reason status! type!
CertificateSigningRequestSpec = expirationSeconds:i extra:s[]{} groups:s[] request! signerName! uid usages:s[]
  username
CertificateSigningRequestStatus = certificate conditions:CertificateSigningRequestCondition[]
CinderPersistentVolumeSource = fsType readOnly:b secretRef:SecretReference volumeID!
ComponentCondition = error message status! type!
ComponentStatus = conditions:ComponentCondition[]
ContainerResourceMetricSource = container! name! target!:MetricTarget
ContainerResourceMetricStatus = container! current!:MetricValueStatus name!
CrossVersionObjectReference = apiVersion kind! name!
ExemptPriorityLevelConfiguration = lendablePercent:i nominalConcurrencyShares:i
ExternalMetricSource = metric!:MetricIdentifier target!:MetricTarget
ExternalMetricStatus = current!:MetricValueStatus metric!:MetricIdentifier
FCVolumeSource = fsType lun:i readOnly:b targetWWNs:s[] wwids:s[]
FlexPersistentVolumeSource = driver! fsType options:m readOnly:b secretRef:SecretReference
FlockerVolumeSource = datasetName datasetUUID
FlowDistinguisherMethod = type!
FlowSchema = spec:FlowSchemaSpec status:FlowSchemaStatus
FlowSchemaCondition = lastTransitionTime:t message reason status type
FlowSchemaSpec = distinguisherMethod:FlowDistinguisherMethod matchingPrecedence:i
  priorityLevelConfiguration!:PriorityLevelConfigurationReference rules:PolicyRulesWithSubjects[]
FlowSchemaStatus = conditions:FlowSchemaCondition[]
FlowSubject = group:GroupSubject kind! serviceAccount:ServiceAccountSubject user:UserSubject
GCEPersistentDiskVolumeSource = fsType partition:i pdName! readOnly:b
GlusterfsPersistentVolumeSource = endpoints! endpointsNamespace path! readOnly:b
GroupSubject = name!
HPAScalingPolicy = periodSeconds!:i type! value!:i
HPAScalingRules = policies:HPAScalingPolicy[] selectPolicy stabilizationWindowSeconds:i
HookServiceReference = name! namespace! path port:i
HookWebhookClientConfig = caBundle service:HookServiceReference url
HorizontalPodAutoscaler = spec:HorizontalPodAutoscalerSpec status:HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior = scaleDown:HPAScalingRules scaleUp:HPAScalingRules
HorizontalPodAutoscalerCondition = lastTransitionTime:t message reason status! type!
HorizontalPodAutoscalerSpec = behavior:HorizontalPodAutoscalerBehavior maxReplicas!:i metrics:MetricSpec[]
  minReplicas:i scaleTargetRef!:CrossVersionObjectReference
HorizontalPodAutoscalerStatus = conditions!:HorizontalPodAutoscalerCondition[] currentMetrics:MetricStatus[]
  currentReplicas!:i desiredReplicas!:i lastScaleTime:t observedGeneration:l
ISCSIPersistentVolumeSource = chapAuthDiscovery:b chapAuthSession:b fsType initiatorName iqn! iscsiInterface lun!:i
  portals:s[] readOnly:b secretRef:SecretReference targetPortal!
IngressClass = spec:IngressClassSpec
IngressClassSpec = controller parameters:TypedLocalObjectReference
LimitRange = spec:LimitRangeSpec
LimitRangeItem = default:q{} defaultRequest:q{} max:q{} maxLimitRequestRatio:q{} min:q{} type!
LimitRangeSpec = limits!:LimitRangeItem[]
LimitResponse = queuing:QueuingConfiguration type!
LimitedPriorityLevelConfiguration = borrowingLimitPercent:i lendablePercent:i limitResponse:LimitResponse
  nominalConcurrencyShares:i
LocalVolumeSource = fsType path!
MatchCondition = expression! name!
MetricIdentifier = name! selector:LabelSelector
MetricSpec = containerResource:ContainerResourceMetricSource external:ExternalMetricSource
  object:ObjectMetricSource pods:PodsMetricSource resource:ResourceMetricSource type!
MetricStatus = containerResource:ContainerResourceMetricStatus external:ExternalMetricStatus
  object:ObjectMetricStatus pods:PodsMetricStatus resource:ResourceMetricStatus type!
MetricTarget = averageUtilization:i averageValue:q type! value:q
MetricValueStatus = averageUtilization:i averageValue:q value:q
MutatingWebhook = admissionReviewVersions!:s[] clientConfig!:HookWebhookClientConfig failurePolicy
  matchConditions:MatchCondition[] matchPolicy name! namespaceSelector:LabelSelector objectSelector:LabelSelector
  reinvocationPolicy rules:RuleWithOperations[] sideEffects! timeoutSeconds:i
MutatingWebhookConfiguration = webhooks:MutatingWebhook[]
NonResourcePolicyRule = nonResourceURLs!:s[] verbs!:s[]
ObjectMetricSource = describedObject!:CrossVersionObjectReference metric!:MetricIdentifier target!:MetricTarget
ObjectMetricStatus = current!:MetricValueStatus describedObject!:CrossVersionObjectReference
  metric!:MetricIdentifier
Overhead = podFixed:q{}
PersistentVolume = spec:PersistentVolumeSpec status:PersistentVolumeStatus
PersistentVolumeSpec = accessModes:s[] awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
  azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource capacity:q{}
  cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:ObjectReference
  csi:CSIPersistentVolumeSource fc:FCVolumeSource flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource glusterfs:GlusterfsPersistentVolumeSource
  hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource mountOptions:s[]
  nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy
  photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource
  quobyte:QuobyteVolumeSource rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageClassName
  storageos:StorageOSPersistentVolumeSource volumeAttributesClassName volumeMode
  vsphereVolume:VsphereVirtualDiskVolumeSource
PersistentVolumeStatus = message phase reason
PhotonPersistentDiskVolumeSource = fsType pdID!
PodTemplate = template:PodTemplateSpec
PodsMetricSource = metric!:MetricIdentifier target!:MetricTarget
PodsMetricStatus = current!:MetricValueStatus metric!:MetricIdentifier
PolicyRulesWithSubjects = nonResourceRules:NonResourcePolicyRule[] resourceRules:ResourcePolicyRule[]
  subjects!:FlowSubject[]
PortworxVolumeSource = fsType readOnly:b volumeID!
PriorityLevelConfiguration = spec:PriorityLevelConfigurationSpec status:PriorityLevelConfigurationStatus
PriorityLevelConfigurationCondition = lastTransitionTime:t message reason status type
PriorityLevelConfigurationReference = name!
PriorityLevelConfigurationSpec = exempt:ExemptPriorityLevelConfiguration limited:LimitedPriorityLevelConfiguration
  type!
PriorityLevelConfigurationStatus = conditions:PriorityLevelConfigurationCondition[]
QueuingConfiguration = handSize:i queueLengthLimit:i queues:i
QuobyteVolumeSource = group readOnly:b registry! tenant user volume!
RBDPersistentVolumeSource = fsType image! keyring monitors!:s[] pool readOnly:b secretRef:SecretReference user
ReplicationController = spec:ReplicationControllerSpec status:ReplicationControllerStatus
ReplicationControllerCondition = lastTransitionTime:t message reason status! type!
ReplicationControllerSpec = minReadySeconds:i replicas:i selector:m template:PodTemplateSpec
ReplicationControllerStatus = availableReplicas:i conditions:ReplicationControllerCondition[]
  fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i
ResourceMetricSource = name! target!:MetricTarget
ResourceMetricStatus = current!:MetricValueStatus name!
ResourcePolicyRule = apiGroups!:s[] clusterScope:b namespaces:s[] resources!:s[] verbs!:s[]
RuleWithOperations = apiGroups:s[] apiVersions:s[] operations:s[] resources:s[] scope
RuntimeClass = handler! overhead:Overhead scheduling:Scheduling
ScaleIOPersistentVolumeSource = fsType gateway! protectionDomain readOnly:b secretRef!:SecretReference sslEnabled:b
  storageMode storagePool system! volumeName
Scheduling = nodeSelector:m tolerations:Toleration[]
SecretReference = name namespace
ServiceAccountSubject = name! namespace!
StorageOSPersistentVolumeSource = fsType readOnly:b secretRef:ObjectReference volumeName volumeNamespace
TokenRequest = audience! expirationSeconds:l
TokenRequestAudience = audience! expirationSeconds:l
UserSubject = name!
ValidatingWebhook = admissionReviewVersions!:s[] clientConfig!:HookWebhookClientConfig failurePolicy
  matchConditions:MatchCondition[] matchPolicy name! namespaceSelector:LabelSelector objectSelector:LabelSelector
  rules:RuleWithOperations[] sideEffects! timeoutSeconds:i
ValidatingWebhookConfiguration = webhooks:ValidatingWebhook[]
VolumeAttachment = spec!:VolumeAttachmentSpec status:VolumeAttachmentStatus
VolumeAttachmentSource = inlineVolumeSpec:PersistentVolumeSpec persistentVolumeName
VolumeAttachmentSpec = attacher! nodeName! source!:VolumeAttachmentSource
VolumeAttachmentStatus = attachError:VolumeError attached!:b attachmentMetadata:m detachError:VolumeError
VolumeError = message time:t
VolumeNodeAffinity = required:NodeSelector
VolumeNodeResources = count:i
VsphereVirtualDiskVolumeSource = fsType storagePolicyID storagePolicyName volumePath!
CSIStorageCapacity = capacity:q maximumVolumeSize:q nodeTopology:LabelSelector storageClassName!
EndpointSlice = addressType! endpoints!:SliceEndpoint[] ports:SlicePort[]
SliceConditions = ready:b serving:b terminating:b
SliceEndpoint = addresses!:s[] conditions:SliceConditions deprecatedTopology:m hints:SliceHints hostname nodeName
  targetRef:ObjectReference zone
SliceHints = forZones:SliceZone[]
SlicePort = appProtocol name port:i protocol
SliceZone = name!
ValidatingAdmissionPolicy = spec:PolicySpec status:PolicyStatus
PolicySpec = auditAnnotations:PolicyAudit[] failurePolicy matchConditions:MatchCondition[]
  matchConstraints:PolicyMatch paramKind:PolicyParam validations:PolicyValidation[] variables:PolicyVariable[]
PolicyStatus = conditions:Condition[] observedGeneration:l
PolicyAudit = key! valueExpression!
PolicyMatch = excludeResourceRules:PolicyRuleNamed[] matchPolicy namespaceSelector:LabelSelector
  objectSelector:LabelSelector resourceRules:PolicyRuleNamed[]
PolicyRuleNamed = apiGroups:s[] apiVersions:s[] operations:s[] resourceNames:s[] resources:s[] scope
PolicyParam = apiVersion kind
PolicyValidation = expression! message messageExpression reason
PolicyVariable = expression! name!
ValidatingAdmissionPolicyBinding = spec:PolicyBindingSpec
PolicyBindingSpec = matchResources:PolicyMatch paramRef:PolicyParamRef policyName validationActions:s[]
PolicyParamRef = name namespace parameterNotFoundAction selector:LabelSelector
`;
