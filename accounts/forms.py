from django import forms
from django.core.exceptions import ValidationError

from accounts.models import CareerStage, Favourite, Folder, User
from codes.models import Release
from codes.patient_information import refusal
from codes.places import places_of


class SignupForm(forms.Form):
    """What sign-up asks beside address and password, on every way to sign up."""

    field_order = ["career_stage", "email", "password1"]
    career_stage = forms.ChoiceField(
        label="Where are you in your career?", choices=CareerStage.choices, widget=forms.RadioSelect
    )

    def signup(self, request, user):
        user.begin_stage(self.cleaned_data["career_stage"])


class StageForm(forms.Form):
    career_stage = forms.ChoiceField(
        label="Where are you in your career?", choices=CareerStage.choices, widget=forms.RadioSelect
    )


class ProfileForm(forms.ModelForm):
    """Details that make the site fit; each may stay empty."""

    class Meta:
        model = User
        fields = ["specialty", "training_year", "graduation_year", "setting", "locality"]

    def __init__(self, *args, release: Release | None, revision: int, **kwargs):
        super().__init__(*args, **kwargs)
        known = places_of(release.pk, revision) if release else ()
        choices = [("", "National amounts"), *((place.key, place.label) for place in known)]
        self.fields["locality"] = forms.ChoiceField(label="Medicare locality", choices=choices, required=False)
        self.fields["specialty"].empty_label = "Not said"
        self.fields["setting"].choices = [("", "Not said"), *User._meta.get_field("setting").choices]
        unneeded = {CareerStage.STUDENT: "training_year", CareerStage.RESIDENT: "graduation_year"}
        self.fields.pop(unneeded.get(self.instance.career_stage, "training_year"), None)


def refuse_patient_information(text: str) -> None:
    if why := refusal(text):
        raise ValidationError(why, code="patient_information")


class FavouriteForm(forms.ModelForm):
    new_folder = forms.CharField(label="or a new folder", max_length=60, required=False)

    class Meta:
        model = Favourite
        fields = ["folder", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "note": "Only you see it. Nothing about patients: no names, dates of birth or of care, record numbers."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["folder"].queryset = self.instance.user.folders.all()
        self.fields["folder"].empty_label = "No folder"
        self.fields["note"].validators.append(refuse_patient_information)
        self.fields["new_folder"].validators.append(refuse_patient_information)

    def save(self, commit=True):
        if name := self.cleaned_data["new_folder"]:
            self.instance.folder, _ = self.instance.user.folders.get_or_create(name=name)
        return super().save(commit)


class FolderForm(forms.ModelForm):
    class Meta:
        model = Folder
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(refuse_patient_information)

    def clean_name(self):
        name = self.cleaned_data["name"]
        if self.instance.user.folders.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("You have a folder of this name already.")
        return name


class DeleteAccountForm(forms.Form):
    """Deleting needs the address typed out, so that no slip of a finger does it."""

    email = forms.CharField(
        label="Your email address, to confirm", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        if self.cleaned_data["email"].strip().lower() != self.user.email.lower():
            raise ValidationError("This is not the address of your account.")
        return self.cleaned_data["email"]
