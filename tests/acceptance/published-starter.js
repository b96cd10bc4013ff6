const API_BASE = "https://nanobanana.aikit.club";
async function generateImage(prompt) {
const response = await fetch(`${API_BASE}/v1/images/generations`, {
method: "POST",
headers: {
"Content-Type": "application/json"
},
body: JSON.stringify({
prompt,
model: "nano-banana",
n: 1,
aspect_ratio: "1:1",
output_format: "png",
response_format: "url"
})
});
const data = await response.json();
if (!response.ok) {
throw new Error(data.error?.message || "Image generation failed");
}
return data.data[0];
}
generateImage("A cozy robot painting a banana in a sunlit studio")
.then((image) => {
console.log("Image URL:", image.url);
console.log("Revised prompt:", image.revised_prompt);
})
.catch(console.error);
