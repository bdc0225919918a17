from accounts.models.favourite import Favourite, Folder, RecentCode
from accounts.models.user import CareerStage, StageChange, User

__all__ = ["CareerStage", "Favourite", "Folder", "RecentCode", "StageChange", "User"]
