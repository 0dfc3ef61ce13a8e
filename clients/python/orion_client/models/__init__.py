"""Contains all the data models used in inputs/outputs"""

from .agents_list_agents_response_agents_list_agents import AgentsListAgentsResponseAgentsListAgents
from .agents_list_providers_response_agents_list_providers import AgentsListProvidersResponseAgentsListProviders
from .answer import Answer
from .candidate import Candidate
from .credentials import Credentials
from .health_alive_response_health_alive import HealthAliveResponseHealthAlive
from .memory_body import MemoryBody
from .memory_body_metadata import MemoryBodyMetadata
from .memory_of_type_reach import MemoryOfTypeReach
from .memory_page import MemoryPage
from .memory_search_reach import MemorySearchReach
from .memory_type import MemoryType
from .message import Message
from .new_memory import NewMemory
from .new_memory_metadata import NewMemoryMetadata
from .new_session import NewSession
from .new_session_metadata import NewSessionMetadata
from .new_session_variables import NewSessionVariables
from .offer import Offer
from .problem import Problem
from .problem_errors_item import ProblemErrorsItem
from .problems_describe_response_problems_describe import ProblemsDescribeResponseProblemsDescribe
from .profile import Profile
from .receipt import Receipt
from .receipt_rows import ReceiptRows
from .refresh_token import RefreshToken
from .registration import Registration
from .reply import Reply
from .session_body import SessionBody
from .session_body_metadata import SessionBodyMetadata
from .session_body_status import SessionBodyStatus
from .session_page import SessionPage
from .session_status import SessionStatus
from .sign_in_token import SignInToken
from .signed_in import SignedIn
from .status_change import StatusChange
from .status_change_status import StatusChangeStatus
from .tool_call_body import ToolCallBody
from .tool_call_body_arguments import ToolCallBodyArguments
from .trickle import Trickle
from .turn_body import TurnBody
from .turn_body_latency import TurnBodyLatency
from .turn_body_role import TurnBodyRole
from .turn_page import TurnPage
from .webrtc_list_ice_servers_response_webrtc_list_ice_servers import WebrtcListIceServersResponseWebrtcListIceServers

__all__ = (
    "AgentsListAgentsResponseAgentsListAgents",
    "AgentsListProvidersResponseAgentsListProviders",
    "Answer",
    "Candidate",
    "Credentials",
    "HealthAliveResponseHealthAlive",
    "MemoryBody",
    "MemoryBodyMetadata",
    "MemoryOfTypeReach",
    "MemoryPage",
    "MemorySearchReach",
    "MemoryType",
    "Message",
    "NewMemory",
    "NewMemoryMetadata",
    "NewSession",
    "NewSessionMetadata",
    "NewSessionVariables",
    "Offer",
    "Problem",
    "ProblemErrorsItem",
    "ProblemsDescribeResponseProblemsDescribe",
    "Profile",
    "Receipt",
    "ReceiptRows",
    "RefreshToken",
    "Registration",
    "Reply",
    "SessionBody",
    "SessionBodyMetadata",
    "SessionBodyStatus",
    "SessionPage",
    "SessionStatus",
    "SignedIn",
    "SignInToken",
    "StatusChange",
    "StatusChangeStatus",
    "ToolCallBody",
    "ToolCallBodyArguments",
    "Trickle",
    "TurnBody",
    "TurnBodyLatency",
    "TurnBodyRole",
    "TurnPage",
    "WebrtcListIceServersResponseWebrtcListIceServers",
)
