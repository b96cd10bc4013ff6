"""The parts of the ComfyUI driver.

graph              a workflow in API format, as the nodes that one output needs
workflow           named places in it where a request's values go
templates          workflows that are ready to use, with their places
workflow_settings  which of them an operation runs, as keys of gateway.yaml
client             what ComfyUI is asked over HTTP
frames             what it tells over its websocket
gauge              how far a job is
doorbell           a clock that a frame can wake
job                one submission, watched until it ends or nobody waits
history            what an ended job left behind
failures           what a refused submission means
check              whether a server has what a workflow needs
request_values     sizes, seeds and texts of a request, as ComfyUI wants them
"""
