package otlptest

import commonpb "go.opentelemetry.io/proto/otlp/common/v1"

// Attr is the value of the attribute of that key, as [Value] has it; nil when
// there is none. It serves spans, links, events, resources and data points.
func Attr(attributes []*commonpb.KeyValue, key string) any {
	for _, kv := range attributes {
		if kv.GetKey() == key {
			return Value(kv.GetValue())
		}
	}
	return nil
}

// Attrs are all attributes, as [Value] has them.
func Attrs(attributes []*commonpb.KeyValue) map[string]any {
	m := make(map[string]any, len(attributes))
	for _, kv := range attributes {
		m[kv.GetKey()] = Value(kv.GetValue())
	}
	return m
}

// Value is a value as Go has it: string, bool, int64, float64, []byte, []any,
// map[string]any or, for an empty one, nil.
func Value(v *commonpb.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return v.DoubleValue
	case *commonpb.AnyValue_BytesValue:
		return v.BytesValue
	case *commonpb.AnyValue_ArrayValue:
		values := make([]any, 0, len(v.ArrayValue.GetValues()))
		for _, one := range v.ArrayValue.GetValues() {
			values = append(values, Value(one))
		}
		return values
	case *commonpb.AnyValue_KvlistValue:
		return Attrs(v.KvlistValue.GetValues())
	}
	return nil
}
