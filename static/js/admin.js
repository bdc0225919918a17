// Says at once that a file is too large, before it travels; the server refuses it too.
document.querySelectorAll("form[data-max-file]").forEach((form) => {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    const file = input.files[0];
    const limit = Number(form.dataset.maxFile);
    input.setCustomValidity(file && file.size > limit ? `The file is larger than ${limit / 2 ** 20} MB.` : "");
    input.reportValidity();
  });
});
