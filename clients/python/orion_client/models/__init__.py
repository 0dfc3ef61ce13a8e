"""Contains all the data models used in inputs/outputs"""

from .accepted import Accepted
from .agent_body import AgentBody
from .agent_body_fail_over import AgentBodyFailOver
from .agent_body_guardrails import AgentBodyGuardrails
from .agent_body_plans import AgentBodyPlans
from .agent_body_pronunciations import AgentBodyPronunciations
from .agent_body_source import AgentBodySource
from .agent_body_turn_taking import AgentBodyTurnTaking
from .agent_file import AgentFile
from .agent_file_fail_over import AgentFileFailOver
from .agent_file_guardrails import AgentFileGuardrails
from .agent_file_plans import AgentFilePlans
from .agent_file_pronunciations import AgentFilePronunciations
from .agent_file_turn_taking import AgentFileTurnTaking
from .agent_page import AgentPage
from .agent_warning import AgentWarning
from .agent_with_warnings import AgentWithWarnings
from .agent_with_warnings_fail_over import AgentWithWarningsFailOver
from .agent_with_warnings_guardrails import AgentWithWarningsGuardrails
from .agent_with_warnings_plans import AgentWithWarningsPlans
from .agent_with_warnings_pronunciations import AgentWithWarningsPronunciations
from .agent_with_warnings_source import AgentWithWarningsSource
from .agent_with_warnings_turn_taking import AgentWithWarningsTurnTaking
from .alive import Alive
from .answer import Answer
from .api_key_body import ApiKeyBody
from .api_key_page import ApiKeyPage
from .approval_body import ApprovalBody
from .approval_of_call import ApprovalOfCall
from .approval_of_call_arguments import ApprovalOfCallArguments
from .approval_of_call_by_type_0 import ApprovalOfCallByType0
from .approval_page import ApprovalPage
from .approval_state import ApprovalState
from .audit_action import AuditAction
from .audit_body import AuditBody
from .audit_page import AuditPage
from .budget_body import BudgetBody
from .budget_change import BudgetChange
from .candidate import Candidate
from .connect import Connect
from .connect_variables import ConnectVariables
from .connection import Connection
from .credentials import Credentials
from .decision import Decision
from .delivery_body import DeliveryBody
from .delivery_page import DeliveryPage
from .delivery_status import DeliveryStatus
from .end_reason import EndReason
from .engine import Engine
from .engine_in_use import EngineInUse
from .engine_in_use_kind import EngineInUseKind
from .engine_kind import EngineKind
from .engine_page import EnginePage
from .engine_usage import EngineUsage
from .engine_usage_kind import EngineUsageKind
from .execution import Execution
from .goal import Goal
from .ice_server import IceServer
from .ice_servers import IceServers
from .ice_servers_policy import IceServersPolicy
from .improvement_body import ImprovementBody
from .made_api_key import MadeApiKey
from .made_invitation import MadeInvitation
from .memory_body import MemoryBody
from .memory_body_metadata import MemoryBodyMetadata
from .memory_of_type_reach import MemoryOfTypeReach
from .memory_page import MemoryPage
from .memory_search_reach import MemorySearchReach
from .memory_type import MemoryType
from .message import Message
from .new_api_key import NewApiKey
from .new_invitation import NewInvitation
from .new_memory import NewMemory
from .new_memory_metadata import NewMemoryMetadata
from .new_room_token import NewRoomToken
from .new_session import NewSession
from .new_session_metadata import NewSessionMetadata
from .new_session_variables import NewSessionVariables
from .new_webhook import NewWebhook
from .offer import Offer
from .offered_engine import OfferedEngine
from .offered_engine_kind_type_0 import OfferedEngineKindType0
from .outcome import Outcome
from .password_change import PasswordChange
from .plan_body import PlanBody
from .plan_budget_body import PlanBudgetBody
from .plan_page import PlanPage
from .plan_status import PlanStatus
from .problem import Problem
from .problem_errors_item import ProblemErrorsItem
from .problem_type import ProblemType
from .profile import Profile
from .provider_body import ProviderBody
from .provider_body_configured_type_0 import ProviderBodyConfiguredType0
from .provider_body_enterable_item import ProviderBodyEnterableItem
from .provider_entry import ProviderEntry
from .readiness import Readiness
from .readiness_missing import ReadinessMissing
from .readiness_status import ReadinessStatus
from .receipt import Receipt
from .receipt_rows import ReceiptRows
from .refresh_token import RefreshToken
from .refused_tool import RefusedTool
from .registration import Registration
from .reply import Reply
from .report import Report
from .risk import Risk
from .role import Role
from .room_token import RoomToken
from .saying import Saying
from .scope import Scope
from .session_body import SessionBody
from .session_body_metadata import SessionBodyMetadata
from .session_body_status import SessionBodyStatus
from .session_change import SessionChange
from .session_owner import SessionOwner
from .session_page import SessionPage
from .session_status import SessionStatus
from .sign_in_token import SignInToken
from .signed_in import SignedIn
from .spent_body import SpentBody
from .status_change import StatusChange
from .status_change_status import StatusChangeStatus
from .step_answer import StepAnswer
from .step_body import StepBody
from .step_body_arguments import StepBodyArguments
from .step_status import StepStatus
from .tool_body import ToolBody
from .tool_body_config import ToolBodyConfig
from .tool_body_parameters import ToolBodyParameters
from .tool_call_body import ToolCallBody
from .tool_call_body_arguments import ToolCallBodyArguments
from .tool_call_status import ToolCallStatus
from .tool_change import ToolChange
from .tool_change_config import ToolChangeConfig
from .tool_change_kind import ToolChangeKind
from .tool_change_parameters import ToolChangeParameters
from .tool_fields import ToolFields
from .tool_fields_config import ToolFieldsConfig
from .tool_fields_kind import ToolFieldsKind
from .tool_fields_parameters import ToolFieldsParameters
from .tool_kind import ToolKind
from .tool_page import ToolPage
from .trial import Trial
from .trial_arguments import TrialArguments
from .trickle import Trickle
from .turn_body import TurnBody
from .turn_body_latency import TurnBodyLatency
from .turn_body_role import TurnBodyRole
from .turn_page import TurnPage
from .usage_body import UsageBody
from .usage_report_group_by import UsageReportGroupBy
from .user_body import UserBody
from .user_change import UserChange
from .user_page import UserPage
from .voice_body import VoiceBody
from .webhook_body import WebhookBody
from .webhook_change import WebhookChange
from .webhook_made import WebhookMade
from .webhook_page import WebhookPage

__all__ = (
    "Accepted",
    "AgentBody",
    "AgentBodyFailOver",
    "AgentBodyGuardrails",
    "AgentBodyPlans",
    "AgentBodyPronunciations",
    "AgentBodySource",
    "AgentBodyTurnTaking",
    "AgentFile",
    "AgentFileFailOver",
    "AgentFileGuardrails",
    "AgentFilePlans",
    "AgentFilePronunciations",
    "AgentFileTurnTaking",
    "AgentPage",
    "AgentWarning",
    "AgentWithWarnings",
    "AgentWithWarningsFailOver",
    "AgentWithWarningsGuardrails",
    "AgentWithWarningsPlans",
    "AgentWithWarningsPronunciations",
    "AgentWithWarningsSource",
    "AgentWithWarningsTurnTaking",
    "Alive",
    "Answer",
    "ApiKeyBody",
    "ApiKeyPage",
    "ApprovalBody",
    "ApprovalOfCall",
    "ApprovalOfCallArguments",
    "ApprovalOfCallByType0",
    "ApprovalPage",
    "ApprovalState",
    "AuditAction",
    "AuditBody",
    "AuditPage",
    "BudgetBody",
    "BudgetChange",
    "Candidate",
    "Connect",
    "Connection",
    "ConnectVariables",
    "Credentials",
    "Decision",
    "DeliveryBody",
    "DeliveryPage",
    "DeliveryStatus",
    "EndReason",
    "Engine",
    "EngineInUse",
    "EngineInUseKind",
    "EngineKind",
    "EnginePage",
    "EngineUsage",
    "EngineUsageKind",
    "Execution",
    "Goal",
    "IceServer",
    "IceServers",
    "IceServersPolicy",
    "ImprovementBody",
    "MadeApiKey",
    "MadeInvitation",
    "MemoryBody",
    "MemoryBodyMetadata",
    "MemoryOfTypeReach",
    "MemoryPage",
    "MemorySearchReach",
    "MemoryType",
    "Message",
    "NewApiKey",
    "NewInvitation",
    "NewMemory",
    "NewMemoryMetadata",
    "NewRoomToken",
    "NewSession",
    "NewSessionMetadata",
    "NewSessionVariables",
    "NewWebhook",
    "Offer",
    "OfferedEngine",
    "OfferedEngineKindType0",
    "Outcome",
    "PasswordChange",
    "PlanBody",
    "PlanBudgetBody",
    "PlanPage",
    "PlanStatus",
    "Problem",
    "ProblemErrorsItem",
    "ProblemType",
    "Profile",
    "ProviderBody",
    "ProviderBodyConfiguredType0",
    "ProviderBodyEnterableItem",
    "ProviderEntry",
    "Readiness",
    "ReadinessMissing",
    "ReadinessStatus",
    "Receipt",
    "ReceiptRows",
    "RefreshToken",
    "RefusedTool",
    "Registration",
    "Reply",
    "Report",
    "Risk",
    "Role",
    "RoomToken",
    "Saying",
    "Scope",
    "SessionBody",
    "SessionBodyMetadata",
    "SessionBodyStatus",
    "SessionChange",
    "SessionOwner",
    "SessionPage",
    "SessionStatus",
    "SignedIn",
    "SignInToken",
    "SpentBody",
    "StatusChange",
    "StatusChangeStatus",
    "StepAnswer",
    "StepBody",
    "StepBodyArguments",
    "StepStatus",
    "ToolBody",
    "ToolBodyConfig",
    "ToolBodyParameters",
    "ToolCallBody",
    "ToolCallBodyArguments",
    "ToolCallStatus",
    "ToolChange",
    "ToolChangeConfig",
    "ToolChangeKind",
    "ToolChangeParameters",
    "ToolFields",
    "ToolFieldsConfig",
    "ToolFieldsKind",
    "ToolFieldsParameters",
    "ToolKind",
    "ToolPage",
    "Trial",
    "TrialArguments",
    "Trickle",
    "TurnBody",
    "TurnBodyLatency",
    "TurnBodyRole",
    "TurnPage",
    "UsageBody",
    "UsageReportGroupBy",
    "UserBody",
    "UserChange",
    "UserPage",
    "VoiceBody",
    "WebhookBody",
    "WebhookChange",
    "WebhookMade",
    "WebhookPage",
)
