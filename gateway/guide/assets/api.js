SwaggerUIBundle({
  url: "../openapi.json",
  domNode: document.getElementById("reference"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null, // otherwise the definition would be sent to a service
});
