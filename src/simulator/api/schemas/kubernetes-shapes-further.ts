/** The same as kubernetes-shapes.ts for kinds that are looked at less often. Names that two groups have begin with their group. */
export const FURTHER_TYPES = `
APIService = spec:APIServiceSpec status:APIServiceStatus
APIServiceCondition = lastTransitionTime:t message reason status! type!
APIServiceSpec = caBundle group groupPriorityMinimum!:i insecureSkipTLSVerify:b service:ApisServiceReference version
  versionPriority!:i
APIServiceStatus = conditions:APIServiceCondition[type]
ApisServiceReference = name namespace port:i
AutoscalerCrossVersionObjectReference = apiVersion kind! name!
AutoscalerHorizontalPodAutoscaler = spec:AutoscalerHorizontalPodAutoscalerSpec
  status:AutoscalerHorizontalPodAutoscalerStatus
AutoscalerHorizontalPodAutoscalerSpec = maxReplicas!:i minReplicas:i
  scaleTargetRef!:AutoscalerCrossVersionObjectReference targetCPUUtilizationPercentage:i
AutoscalerHorizontalPodAutoscalerStatus = currentCPUUtilizationPercentage:i currentReplicas!:i desiredReplicas!:i
  lastScaleTime:t observedGeneration:l
CSIDriver = spec!:CSIDriverSpec
CSIDriverSpec = attachRequired:b fsGroupPolicy nodeAllocatableUpdatePeriodSeconds:l podInfoOnMount:b
  requiresRepublish:b seLinuxMount:b storageCapacity:b tokenRequests:TokenRequestAudience[] volumeLifecycleModes:s[=]
CSINode = spec!:CSINodeSpec
CSINodeDriver = allocatable:VolumeNodeResources name! nodeID! topologyKeys:s[]
CSINodeSpec = drivers!:CSINodeDriver[name]
CSIStorageCapacity = capacity:q maximumVolumeSize:q nodeTopology:LabelSelector storageClassName!
CertificateSigningRequest = spec!:CertificateSigningRequestSpec status:CertificateSigningRequestStatus
CertificateSigningRequestCondition = lastTransitionTime:t lastUpdateTime:t message reason status! type!
CertificateSigningRequestSpec = expirationSeconds:i extra:s[]{} groups:s[] request! signerName! uid usages:s[]
  username
CertificateSigningRequestStatus = certificate conditions:CertificateSigningRequestCondition[type*]
ComponentCondition = error message status! type!
ComponentStatus = conditions:ComponentCondition[type]
ContainerResourceMetricSource = container! name! target!:MetricTarget
ContainerResourceMetricStatus = container! current!:MetricValueStatus name!
CrossVersionObjectReference = apiVersion kind! name!
EndpointSlice = addressType! endpoints!:SliceEndpoint[] ports:SlicePort[]
ExemptPriorityLevelConfiguration = lendablePercent:i nominalConcurrencyShares:i
ExternalMetricSource = metric!:MetricIdentifier target!:MetricTarget
ExternalMetricStatus = current!:MetricValueStatus metric!:MetricIdentifier
FlowDistinguisherMethod = type!
FlowSchema = spec:FlowSchemaSpec status:FlowSchemaStatus
FlowSchemaCondition = lastTransitionTime:t message reason status type
FlowSchemaSpec = distinguisherMethod:FlowDistinguisherMethod matchingPrecedence:i
  priorityLevelConfiguration!:PriorityLevelConfigurationReference rules:PolicyRulesWithSubjects[]
FlowSchemaStatus = conditions:FlowSchemaCondition[type]
FlowSubject = group:GroupSubject kind! serviceAccount:ServiceAccountSubject user:UserSubject
GroupSubject = name!
HPAScalingPolicy = periodSeconds!:i type! value!:i
HPAScalingRules = policies:HPAScalingPolicy[] selectPolicy stabilizationWindowSeconds:i tolerance:q
HookServiceReference = name! namespace! path port:i
HookWebhookClientConfig = caBundle service:HookServiceReference url
HorizontalPodAutoscaler = spec:HorizontalPodAutoscalerSpec status:HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior = scaleDown:HPAScalingRules scaleUp:HPAScalingRules
HorizontalPodAutoscalerCondition = lastTransitionTime:t message reason status! type!
HorizontalPodAutoscalerSpec = behavior:HorizontalPodAutoscalerBehavior maxReplicas!:i metrics:MetricSpec[]
  minReplicas:i scaleTargetRef!:CrossVersionObjectReference
HorizontalPodAutoscalerStatus = conditions!:HorizontalPodAutoscalerCondition[type] currentMetrics:MetricStatus[]
  currentReplicas!:i desiredReplicas!:i lastScaleTime:t observedGeneration:l
IngressClass = spec:IngressClassSpec
IngressClassParametersReference = apiGroup kind! name! namespace scope
IngressClassSpec = controller parameters:IngressClassParametersReference
LimitRange = spec:LimitRangeSpec
LimitRangeItem = default:q{} defaultRequest:q{} max:q{} maxLimitRequestRatio:q{} min:q{} type!
LimitRangeSpec = limits!:LimitRangeItem[]
LimitResponse = queuing:QueuingConfiguration type!
LimitedPriorityLevelConfiguration = borrowingLimitPercent:i lendablePercent:i limitResponse:LimitResponse
  nominalConcurrencyShares:i
MatchCondition = expression! name!
MetricIdentifier = name! selector:LabelSelector
MetricSpec = containerResource:ContainerResourceMetricSource external:ExternalMetricSource object:ObjectMetricSource
  pods:PodsMetricSource resource:ResourceMetricSource type!
MetricStatus = containerResource:ContainerResourceMetricStatus external:ExternalMetricStatus
  object:ObjectMetricStatus pods:PodsMetricStatus resource:ResourceMetricStatus type!
MetricTarget = averageUtilization:i averageValue:q type! value:q
MetricValueStatus = averageUtilization:i averageValue:q value:q
MutatingWebhook = admissionReviewVersions!:s[] clientConfig!:HookWebhookClientConfig failurePolicy
  matchConditions:MatchCondition[name] matchPolicy name! namespaceSelector:LabelSelector objectSelector:LabelSelector
  reinvocationPolicy rules:RuleWithOperations[] sideEffects! timeoutSeconds:i
MutatingWebhookConfiguration = webhooks:MutatingWebhook[name]
NewerEvent = deprecatedSource:EventSource regarding:ObjectReference related:ObjectReference series:NewerEventSeries
NewerEventSeries = count!:i lastObservedTime!:t
NonResourcePolicyRule = nonResourceURLs!:s[=] verbs!:s[=]
ObjectMetricSource = describedObject!:CrossVersionObjectReference metric!:MetricIdentifier target!:MetricTarget
ObjectMetricStatus = current!:MetricValueStatus describedObject!:CrossVersionObjectReference metric!:MetricIdentifier
Overhead = podFixed:q{}
PersistentVolume = spec:PersistentVolumeSpec status:PersistentVolumeStatus
PersistentVolumeStatus = lastPhaseTransitionTime:t message phase reason
PodTemplate = template:PodTemplateSpec
PodsMetricSource = metric!:MetricIdentifier target!:MetricTarget
PodsMetricStatus = current!:MetricValueStatus metric!:MetricIdentifier
PolicyAudit = key! valueExpression!
PolicyBindingSpec = matchResources:PolicyMatch paramRef:PolicyParamRef policyName validationActions:s[]
PolicyMatch = excludeResourceRules:PolicyRuleNamed[] matchPolicy namespaceSelector:LabelSelector
  objectSelector:LabelSelector resourceRules:PolicyRuleNamed[]
PolicyParam = apiVersion kind
PolicyParamRef = name namespace parameterNotFoundAction selector:LabelSelector
PolicyRuleNamed = apiGroups:s[] apiVersions:s[] operations:s[] resourceNames:s[] resources:s[] scope
PolicyRulesWithSubjects = nonResourceRules:NonResourcePolicyRule[] resourceRules:ResourcePolicyRule[]
  subjects!:FlowSubject[]
PolicySpec = auditAnnotations:PolicyAudit[] failurePolicy matchConditions:MatchCondition[name]
  matchConstraints:PolicyMatch paramKind:PolicyParam validations:PolicyValidation[] variables:PolicyVariable[name]
PolicyStatus = conditions:Condition[type*] observedGeneration:l
PolicyValidation = expression! message messageExpression reason
PolicyVariable = expression! name!
PriorityLevelConfiguration = spec:PriorityLevelConfigurationSpec status:PriorityLevelConfigurationStatus
PriorityLevelConfigurationCondition = lastTransitionTime:t message reason status type
PriorityLevelConfigurationReference = name!
PriorityLevelConfigurationSpec = exempt:ExemptPriorityLevelConfiguration limited:LimitedPriorityLevelConfiguration
  type!
PriorityLevelConfigurationStatus = conditions:PriorityLevelConfigurationCondition[type]
QueuingConfiguration = handSize:i queueLengthLimit:i queues:i
ReplicationController = spec:ReplicationControllerSpec status:ReplicationControllerStatus
ReplicationControllerCondition = lastTransitionTime:t message reason status! type!
ReplicationControllerSpec = minReadySeconds:i replicas:i selector:a template:PodTemplateSpec
ReplicationControllerStatus = availableReplicas:i conditions:ReplicationControllerCondition[type]
  fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i
ResourceMetricSource = name! target!:MetricTarget
ResourceMetricStatus = current!:MetricValueStatus name!
ResourcePolicyRule = apiGroups!:s[=] clusterScope:b namespaces:s[=] resources!:s[=] verbs!:s[=]
RuleWithOperations = apiGroups:s[] apiVersions:s[] operations:s[] resources:s[] scope
RuntimeClass = handler! overhead:Overhead scheduling:Scheduling
Scheduling = nodeSelector:a tolerations:Toleration[]
SecretReference = name namespace
ServiceAccountSubject = name! namespace!
SliceConditions = ready:b serving:b terminating:b
SliceEndpoint = addresses!:s[=] conditions:SliceConditions deprecatedTopology:m hints:SliceHints hostname nodeName
  targetRef:ObjectReference zone
SliceHints = forNodes:SliceNode[] forZones:SliceZone[]
SliceNode = name!
SlicePort = appProtocol name port:i protocol
SliceZone = name!
TokenRequest = audience! expirationSeconds:l
TokenRequestAudience = audience! expirationSeconds:l
UserSubject = name!
ValidatingAdmissionPolicy = spec:PolicySpec status:PolicyStatus
ValidatingAdmissionPolicyBinding = spec:PolicyBindingSpec
ValidatingWebhook = admissionReviewVersions!:s[] clientConfig!:HookWebhookClientConfig failurePolicy
  matchConditions:MatchCondition[name] matchPolicy name! namespaceSelector:LabelSelector objectSelector:LabelSelector
  rules:RuleWithOperations[] sideEffects! timeoutSeconds:i
ValidatingWebhookConfiguration = webhooks:ValidatingWebhook[name]
VolumeAttachment = spec!:VolumeAttachmentSpec status:VolumeAttachmentStatus
VolumeAttachmentSource = inlineVolumeSpec:PersistentVolumeSpec persistentVolumeName
VolumeAttachmentSpec = attacher! nodeName! source!:VolumeAttachmentSource
VolumeAttachmentStatus = attached!:b attachError:VolumeError attachmentMetadata:m detachError:VolumeError
VolumeError = errorCode:i message time:t
VolumeNodeResources = count:i
`;
