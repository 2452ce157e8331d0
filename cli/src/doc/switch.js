(function () {
  "use strict";
  var root = document.documentElement;
  function show(lang) {
    root.setAttribute("data-lang", lang);
    root.setAttribute("lang", lang);
    document.title = root.getAttribute("data-title-" + lang);
    document.querySelectorAll("[data-set]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-set") === lang));
    });
    document.querySelectorAll("a[data-page]").forEach(function (link) {
      link.setAttribute("href", link.getAttribute("data-page") + "?lang=" + lang);
    });
  }
  function kept() {
    var asked = /[?&]lang=(zh|en)\b/.exec(location.search);
    if (asked) return asked[1];
    try {
      var lang = localStorage.getItem("fen-lang");
      return lang === "zh" || lang === "en" ? lang : null;
    } catch (error) {
      return null;
    }
  }
  document.querySelectorAll("[data-set]").forEach(function (button) {
    button.addEventListener("click", function () {
      var lang = button.getAttribute("data-set");
      try {
        localStorage.setItem("fen-lang", lang);
      } catch (error) {
        // Without storage the choice is passed on by the links alone.
      }
      show(lang);
    });
  });
  show(kept() || root.getAttribute("data-lang"));
})();
